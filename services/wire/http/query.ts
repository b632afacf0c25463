import { z } from 'zod';
import { invalid } from '../../core/errors.ts';
import { type OperationName, operations } from '../../core/operations.ts';
import { toCamel, toSnake } from '../names.ts';
import { isKept } from '../strict-json.ts';

/** The parameters of a URL, by name: one value, or several if the name is repeated. */
export type UrlQuery = Readonly<Record<string, string | readonly string[]>>;

const noQuery: UrlQuery = Object.freeze(Object.create(null));

/** The replacement for bytes that are not UTF-8. */
const replacement = '\ufffd';

/**
 * Reads the query of a URL, which may be absolute.
 *
 * @throws PaymentsError `validation_failed` if it is not UTF-8
 */
export function readQuery(url: string): UrlQuery {
  const at = url.indexOf('?');
  if (at === -1) return noQuery;
  const query: Record<string, string | string[]> = Object.create(null);
  const parameters = new URLSearchParams(url.slice(at));
  for (const [name, value] of parameters) {
    if (name.includes(replacement) || value.includes(replacement)) requireUtf8(url.slice(at));
    const before = query[name];
    if (before === undefined) query[name] = value;
    else if (typeof before === 'string') query[name] = [before, value];
    else before.push(value);
  }
  return query;
}

/** Only for a query that contains the replacement character, which may have been sent as such. */
function requireUtf8(query: string): void {
  const others = new URLSearchParams(query.replace(/%ef%bf%bd/gi, ''));
  for (const [name, value] of others) {
    if (!name.includes(replacement) && !value.includes(replacement)) continue;
    const path = [toCamel(name)];
    throw invalid({ path, code: 'invalid_utf8', message: 'expected a query in UTF-8' });
  }
}

/** A list that is sent as `a,b`, as repeated parameters, or as both. */
export const listOf = (value: string | readonly string[]): string[] =>
  (typeof value === 'string' ? [value] : value).flatMap((part) =>
    part === '' ? [] : part.split(','),
  );

type Kind = 'number' | 'list';

/** The input fields of an operation that are not plain text, by their name in a URL. */
export function kindsOf(operation: OperationName): ReadonlyMap<string, Kind> {
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

/**
 * Converts a parameter to the kind of its field; the schema refuses values that do not fit. A list
 * without items becomes an empty text, which the schema refuses, because operations take an empty
 * list for no filter at all.
 */
export function typed(value: string | readonly string[], kind: Kind | undefined): unknown {
  if (kind === 'list') {
    const items = listOf(value);
    return items.length === 0 ? '' : items;
  }
  if (kind === 'number' && typeof value === 'string' && decimal.test(value) && isKept(value)) {
    return Number(value);
  }
  return value;
}
