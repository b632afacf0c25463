import { type ShownLine, said } from './shown.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const isScalar = (value: Json): boolean => typeof value !== 'object' || value === null;

/** Whether a value is shown on one line. Fields have lines of their own, to be compared. */
const isShort = (value: object): boolean =>
  Array.isArray(value)
    ? value.every(isScalar) && JSON.stringify(value).length <= 40
    : Object.keys(value).length === 0;

/** A text with its line breaks as such: documents of GraphQL have many. */
const scalarText = (value: Json): string => JSON.stringify(value).replaceAll('\\n', '\n');

function linesOf(value: Json, depth: number, name: string | undefined, end: string): ShownLine[] {
  const named = name === undefined ? {} : { name };
  if (typeof value !== 'object' || value === null || isShort(value)) {
    return [said(`${scalarText(value)}${end}`, { depth, ...named })];
  }
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const items: readonly (readonly [string | undefined, Json])[] = Array.isArray(value)
    ? value.map((item) => [undefined, item] as const)
    : Object.entries(value);
  return [
    said(open, { depth, ...named }),
    ...items.flatMap(([key, item], at) =>
      linesOf(item, depth + 1, key, at < items.length - 1 ? ',' : ''),
    ),
    said(`${close}${end}`, { depth }),
  ];
}

/** JSON, indented; undefined if the text is none. */
export function jsonLines(text: string, depth = 0): ShownLine[] | undefined {
  if (!/^[{[]/.test(text)) return undefined;
  try {
    return linesOf(JSON.parse(text), depth, undefined, '');
  } catch {
    return undefined;
  }
}
