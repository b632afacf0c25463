import {
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { expectedOneOf, maxViolations, type Violation } from '../core/errors.ts';
import { excerpt } from '../core/validate.ts';
import type { Variables } from './cost.ts';

type Path = readonly (string | number)[];

/**
 * Maximum values in the lists and inputs of all variables together. No operation takes more than a
 * hundred in a list; each value is checked here and again by the executor, and takes no token of
 * its own.
 */
const maxValues = 1000;

/** The number of values checked so far, and the violations found. */
interface Search {
  readonly found: Violation[];
  values: number;
}

/**
 * Returns the violations of an operation's variables, with the path of each value. Runs before the
 * executor, whose errors have the path only in their text, and repeat the whole value. The variable
 * `input` stands for the operation's input itself.
 */
export function variableViolations(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Variables,
): readonly Violation[] {
  const search: Search = { found: [], values: 0 };
  for (const { variable, type: typeNode, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const type = typeFromAST(schema, typeNode);
    if (!isInputType(type)) continue;
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined && defaultValue) continue;
    const missing = isNonNullType(type) && (value === undefined || value === null);
    check(type, value, name === 'input' && !missing ? [] : [name], search);
  }
  return search.found;
}

function check(type: GraphQLInputType, value: unknown, path: Path, search: Search): void {
  const { found } = search;
  if (found.length >= maxViolations || search.values > maxValues) return;
  if (isNonNullType(type)) {
    if (value !== undefined && value !== null) check(type.ofType, value, path, search);
    else found.push({ path, code: 'required', message: 'expected a value, got nothing' });
    return;
  }
  if (value === undefined) return;
  search.values += 1;
  if (search.values > maxValues) {
    const message = `expected at most ${maxValues} values in all variables, got more`;
    found.push({ path: path.slice(0, 1), code: 'too_big', message });
    return;
  }
  if (value === null) return;
  if (isListType(type)) {
    const items: readonly unknown[] | undefined = Array.isArray(value) ? value : undefined;
    if (!items) check(type.ofType, value, path, search);
    for (const [index, item] of items?.entries() ?? []) {
      if (search.values > maxValues) return;
      check(type.ofType, item, [...path, index], search);
    }
    return;
  }
  const expected = (what: string) =>
    found.push({
      path,
      code: 'invalid_type',
      message: `expected ${what}, got ${excerpt(value)}`,
    });
  if (isInputObjectType(type)) {
    if (typeof value !== 'object' || Array.isArray(value)) expected('an object');
    else checkFields(type.getFields(), value, path, search);
    return;
  }
  try {
    if (type.coerceInputValue(value) !== undefined) return;
  } catch {
    // The type's own message is the library's; the code below reports the same in ours.
  }
  if (!isEnumType(type)) {
    expected(`a value of type ${type.name}`);
    return;
  }
  const options = type.getValues().map(({ name }) => name);
  const got = excerpt(value);
  found.push({ path, code: 'invalid_value', message: expectedOneOf(options, got), options, got });
}

function checkFields(
  fields: ReturnType<Extract<GraphQLInputType, { getFields: unknown }>['getFields']>,
  value: object,
  path: Path,
  search: Search,
): void {
  const { found } = search;
  const given: Readonly<Record<string, unknown>> = { ...value };
  for (const field of Object.values(fields)) {
    const present = Object.hasOwn(given, field.name) ? given[field.name] : undefined;
    if (present !== undefined || isRequiredInputField(field)) {
      check(field.type, present, [...path, field.name], search);
    }
  }
  for (const name of Object.keys(given)) {
    if (found.length >= maxViolations) return;
    if (Object.hasOwn(fields, name)) continue;
    found.push({
      path: [...path, name],
      code: 'unknown_field',
      message: 'unknown field',
    });
  }
}
