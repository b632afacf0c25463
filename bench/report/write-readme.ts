import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseResult } from '../result/result.ts';
import { renderReadmeResults } from './readme.ts';

/**
 * Writes README's results from the newest committed run; `--check` writes nothing and fails if
 * they are outdated.
 *
 *     node bench/report/write-readme.ts [--check]
 */
const root = join(import.meta.dirname, '../..');
const path = join(root, 'README.md');
const begin = '<!-- results: begin -->\n';
const end = '<!-- results: end -->';

const committed = globSync('bench/results/2*.json', { cwd: root }).sort().at(-1);
if (!committed) throw new Error('Expected a committed result in bench/results, found none.');
const result = parseResult(JSON.parse(readFileSync(join(root, committed), 'utf8')));

const readme = readFileSync(path, 'utf8');
const [before, rest = ''] = readme.split(begin, 2);
const after = rest.slice(rest.indexOf(end));
const written = `${before}${begin}\n${renderReadmeResults(result, committed)}\n\n${after}`;

if (!process.argv.includes('--check')) writeFileSync(path, written);
else if (written !== readme) {
  console.error(
    `Expected README's results to be those of ${committed}. Run: node bench/report/write-readme.ts`,
  );
  process.exitCode = 1;
}
