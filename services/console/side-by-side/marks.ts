import type { ShownLine } from './shown.ts';

/** What differs between the columns. */

/** How often each text occurs, counting once a column. */
function columnsWith<Item>(
  columns: readonly (readonly Item[])[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const column of columns) {
    for (const key of new Set(column.map(keyOf))) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

const keyOfLine = ({ name = '', text }: ShownLine): string =>
  `${name.replace(/^\d+ /, '').toLowerCase()}=${text.replace(/,$/, '')}`;

/** Whether what a line says stands in no other column, with the same name and value. */
export function differing(
  columns: readonly (readonly ShownLine[])[],
): (line: ShownLine) => boolean {
  const counts = columnsWith(columns, keyOfLine);
  return (line) =>
    line.part === 'said' &&
    /[\w"]/.test(line.text) &&
    // A document of GraphQL is unlike anything else, as everybody sees.
    !line.text.includes('\n') &&
    (counts.get(keyOfLine(line)) ?? 0) < 2;
}

/** Whether another column has the same line of code. */
export function repeated(columns: readonly (readonly string[])[]): (line: string) => boolean {
  const counts = columnsWith(columns, (line) => line.trim());
  return (line) => /\w/.test(line) && (counts.get(line.trim()) ?? 0) > 1;
}
