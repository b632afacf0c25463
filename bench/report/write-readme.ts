import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderBoardSvg } from './board-svg.ts';
import { committedResult } from './committed-result.ts';
import { renderReadmeResults } from './readme.ts';

/**
 * Writes README's results and their picture from the newest committed run; `--check` writes nothing
 * and fails if they are outdated.
 *
 *     node bench/report/write-readme.ts [--check]
 */
const root = join(import.meta.dirname, '../..');
const path = join(root, 'README.md');
const begin = '<!-- results: begin -->\n';
const end = '<!-- results: end -->';

const { path: committed, result } = committedResult();

const readme = readFileSync(path, 'utf8');
const [before, rest = ''] = readme.split(begin, 2);
const after = rest.slice(rest.indexOf(end));
const written = `${before}${begin}\n${renderReadmeResults(result, committed)}\n\n${after}`;

const files = [
  { file: path, text: written },
  ...(['light', 'dark'] as const).map((scheme) => ({
    file: join(root, `bench/results/board-${scheme}.svg`),
    text: renderBoardSvg(result, scheme),
  })),
];
const isCurrent = files.every(
  ({ file, text }) => existsSync(file) && readFileSync(file, 'utf8') === text,
);

if (!process.argv.includes('--check')) {
  for (const { file, text } of files) writeFileSync(file, text);
} else if (!isCurrent) {
  console.error(
    `Expected README's results to be those of ${committed}. Run: node bench/report/write-readme.ts`,
  );
  process.exitCode = 1;
}
