import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseResult, type Result } from '../result/result.ts';

/** Writes a file as a whole or not at all. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, path);
}

/** Everything, raw: each process's figures and histograms. @throws Error if something lacks */
export const writeJson = (path: string, result: Result): void =>
  writeWhole(path, `${JSON.stringify(parseResult(result))}\n`);
