import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Faults, faults } from './faults.ts';

/** Every input that once broke a room has a test, by its title. */

const upTo = (letter: string, last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, at) => `${letter}${first + at}`);

/** The rows that there are. The last of GraphQL is the one that its table has below the others. */
const rows: Readonly<Record<keyof typeof faults, readonly string[]>> = {
  rest: [...upTo('S', 2, 0), ...upTo('W', 10), ...upTo('R', 24)],
  graphql: upTo('F', 18),
  grpc: upTo('F', 23),
  streams: upTo('F', 23),
};
/** Rows that may still wait. */
const waiting = ['streams F13'];

const sources = new Map<string, string>();
function sourceOf(file: string): string {
  const known = sources.get(file) ?? readFileSync(join(import.meta.dirname, file), 'utf8');
  sources.set(file, known);
  return known;
}

/** A title as it may be written in a source: in any quotes. */
const spellings = (title: string) => [
  `'${title.replaceAll("'", "\\'")}'`,
  `"${title}"`,
  `\`${title.replaceAll('`', '\\`')}\``,
];

describe.each(Object.entries(faults) as [keyof typeof faults, Faults][])('%s', (place, table) => {
  test('has every row once', () => {
    expect(Object.keys(table)).toEqual(rows[place]);
  });

  test.each(Object.entries(table))('%s has tests of these titles', (id, fault) => {
    if ('waits' in fault) {
      expect(waiting).toContain(`${place} ${id}`);
      return;
    }
    expect(fault.tests.length).toBeGreaterThan(0);
    const missing = fault.tests.filter(
      ([file, title]) => !spellings(title).some((text) => sourceOf(file).includes(text)),
    );
    expect(missing).toEqual([]);
  });
});
