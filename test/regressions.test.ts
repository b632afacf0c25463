import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { graphql } from './regressions/graphql.ts';
import { grpc } from './regressions/grpc.ts';
import { rest } from './regressions/rest.ts';
import { streams } from './regressions/streams.ts';

/** Every input that once broke a room has a test, by its title. */

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

/** The minimum counts keep rows from being lost. */
describe.each([
  ['rest', rest, 37],
  ['graphql', graphql, 18],
  ['grpc', grpc, 23],
  ['streams', streams, 22],
] as const)('%s', (_room, rows, least) => {
  test('lists every regression once', () => {
    expect(new Set(rows.map(({ input }) => input)).size).toBe(rows.length);
    expect(rows.length).toBeGreaterThanOrEqual(least);
  });

  test.each(rows)('names tests that exist for: $input', ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    const missing = tests.filter(
      ([file, title]) => !spellings(title).some((text) => sourceOf(file).includes(text)),
    );
    expect(missing).toEqual([]);
  });
});
