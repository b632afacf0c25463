import { z } from 'zod';
import { type OperationName, operations } from '../core/operations.ts';
import { timeSchema } from '../core/values.ts';
import { renameFields, toCamel, toSnake } from './names.ts';
import { parseTime, timeJson } from './time.ts';

/** The fields that are times: RFC 3339 in JSON, milliseconds in core. */
const timeFields = new Set(['createdFrom', 'createdBefore']);

/**
 * Converts the input of an operation from its JSON: names to camelCase, times to milliseconds.
 * Values that are not an object or not a time stay as sent, so that the operation's schema refuses
 * them together with other violations and shows them. A number is not a time in JSON; it becomes
 * text, which is refused like any other.
 */
export function decodeInput(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  const input = renameFields(json as Record<string, unknown>, toCamel);
  for (const name of timeFields) {
    const value = input[name];
    if (typeof value === 'string') {
      const time = timeSchema.safeParse(parseTime(value));
      input[name] = time.success ? time.data : value;
    } else if (typeof value === 'number') {
      input[name] = String(value);
    }
  }
  return input;
}

/** The inverse, for clients. */
export function encodeInput(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const json = renameFields(input, toSnake);
  for (const name of timeFields) {
    const value = input[name];
    if (typeof value === 'number') json[toSnake(name)] = timeJson(value);
  }
  return json;
}

/** A field of an operation's input as JSON has it, for contracts. */
export interface InputField {
  /** In snake_case. */
  readonly name: string;
  readonly required: boolean;
  /** JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>>;
}

export function inputFields(operation: OperationName): InputField[] {
  const { properties = {}, required = [] } = z.toJSONSchema(operations[operation].input, {
    io: 'input',
  });
  return Object.entries(properties).map(([name, schema]) => ({
    name: toSnake(name),
    required: required.includes(name),
    schema: timeFields.has(name)
      ? { type: 'string', format: 'date-time' }
      : // A schema may be a boolean, which no operation uses.
        (schema as InputField['schema']),
  }));
}
