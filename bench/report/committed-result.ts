import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseResult, type Result } from '../result/result.ts';

const root = join(import.meta.dirname, '../..');

/** The newest committed run, which the README and the side-by-side page quote. */
export function committedResult(): { readonly path: string; readonly result: Result } {
  const path = globSync('bench/results/2*.json', { cwd: root }).sort().at(-1);
  if (!path) throw new Error('Expected a committed result in bench/results, found none.');
  return { path, result: parseResult(JSON.parse(readFileSync(join(root, path), 'utf8'))) };
}
