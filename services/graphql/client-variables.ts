import { callNames, type OperationName, operations, perCall } from '../core/operations.ts';
import type { InputNames, Json } from './client-results.ts';
import { operationDocuments } from './documents.ts';
import { enumName, sortNames } from './enums.ts';

/** Core's inputs as the variables of documents, for the client. */

const timeText = (ms: unknown): unknown =>
  typeof ms === 'number' && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : ms;

const sorts = new Map(
  Object.entries(sortNames).map(([name, sort]): [unknown, string] => [sort, name]),
);

const nameOf = (value: unknown): unknown => (typeof value === 'string' ? enumName(value) : value);

const namesOf = (values: unknown): unknown => (Array.isArray(values) ? values.map(nameOf) : values);

/** The input fields whose values GraphQL writes differently. */
const values: Readonly<Record<string, (value: unknown) => unknown>> = {
  status: nameOf,
  captureMethod: nameOf,
  types: namesOf,
  scopes: namesOf,
  sort: (value) => sorts.get(value) ?? value,
  createdFrom: timeText,
  createdBefore: timeText,
  // The cursor of events is their sequence, as text.
  after: String,
};

/** The input fields that are arguments with another name. */
const argumentNames: Readonly<Record<string, string>> = { limit: 'first', cursor: 'after' };

/**
 * Converts an operation's input to the variables of its document. Unknown fields stay as they are.
 */
export function encodeVariables(name: OperationName, input: Json): Json {
  const variables: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(input)) {
    const encode = value === undefined ? undefined : values[field];
    variables[argumentNames[field] ?? field] = encode ? encode(value) : value;
  }
  return takesInputObject.has(name) ? { input: variables } : variables;
}

/** Documents that take all fields in one variable. */
const takesInputObject: ReadonlySet<OperationName> = new Set(
  callNames.filter((name) => operationDocuments[name].includes('$input:')),
);

/** Core's names of the arguments that violations may name. */
export const inputNames = perCall((name): InputNames => {
  const { shape } = operations[name].input;
  return Object.fromEntries(
    Object.entries(argumentNames).flatMap(([field, argument]) =>
      // An argument that is a field itself keeps its name.
      field in shape && !(argument in shape) ? [[argument, field]] : [],
    ),
  );
});
