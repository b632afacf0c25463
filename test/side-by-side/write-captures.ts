// First of all: the others load what chance and time come from.
import './still.ts';

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './capture.ts';
import { cases, type Shown } from './cases.ts';

/**
 * Captures what the side-by-side page shows, on servers in this process. `--check` writes nothing,
 * and fails if a committed capture is no longer what the wire says.
 *
 *     node test/side-by-side/write-captures.ts [--check] [operation …]
 */
const folder = join(import.meta.dirname, '../../services/console/side-by-side/captures');

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isCheck = process.argv.includes('--check');
const all = Object.keys(cases) as Shown[];
const differing: string[] = [];
for (const shown of named.length > 0 ? all.filter((each) => named.includes(each)) : all) {
  const path = join(folder, `${shown}.json`);
  const text = `${JSON.stringify(await capture(shown), undefined, 1)}\n`;
  if (!isCheck) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) differing.push(shown);
}
if (differing.length > 0) {
  console.error(
    `Expected the captures that are committed, got others of ${differing.join(', ')}. Run: node test/side-by-side/write-captures.ts`,
  );
  process.exitCode = 1;
}
process.exit();
