import { z } from 'zod';
import { type CallName, operations } from '../core/operations.ts';
import { toSnake } from '../wire/names.ts';
import { isKept } from '../wire/strict-json.ts';

/** The parameters of a URL, by name: one value, or several where the name was repeated. */
export type Query = Readonly<Record<string, string | readonly string[]>>;

const noQuery: Query = Object.freeze(Object.create(null));

/** @param url may be absolute; what comes after its first `?` is read */
export function readQuery(url: string): Query {
  const at = url.indexOf('?');
  if (at === -1) return noQuery;
  const query: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(url.slice(at))) {
    const before = query[name];
    if (before === undefined) query[name] = value;
    else if (typeof before === 'string') query[name] = [before, value];
    else before.push(value);
  }
  return query;
}

/** A list that is given as `a,b`, as repeated parameters, or as both. */
export const listOf = (value: string | readonly string[]): string[] =>
  (typeof value === 'string' ? [value] : value).flatMap((part) =>
    part === '' ? [] : part.split(','),
  );

type Kind = 'number' | 'list';

/** The input fields of an operation that are not plain text, by their name in a URL. */
export function kindsOf(operation: CallName): ReadonlyMap<string, Kind> {
  const { properties = {} } = z.toJSONSchema(operations[operation].input, { io: 'input' });
  const kinds = new Map<string, Kind>();
  for (const [name, schema] of Object.entries(properties)) {
    if (typeof schema !== 'object') continue;
    if (schema.type === 'integer') kinds.set(toSnake(name), 'number');
    if (schema.type === 'array') kinds.set(toSnake(name), 'list');
  }
  return kinds;
}

const decimal = /^-?\d{1,16}(\.\d+)?$/;

/** A parameter as the kind of its field; what does not look like it is left to the schema. */
export function typed(value: string | readonly string[], kind: Kind | undefined): unknown {
  if (kind === 'list') return listOf(value);
  if (kind === 'number' && typeof value === 'string' && decimal.test(value) && isKept(value)) {
    return Number(value);
  }
  return value;
}
