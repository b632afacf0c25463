import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from './parts.ts';
import { hashOf, root } from './subject/sources.ts';

/** The sources that every part measures or measures with. */
const shared = [
  ...['services', 'protos', 'schema', 'package-lock.json', 'bench/data'],
  ...['process', 'link', 'drivers', 'generator', 'subject', 'trial'].map((one) => `bench/${one}`),
  ...['histogram', 'loads-of-cell', 'paired', 'random', 'soundness', 'validity'].map(
    (one) => `bench/statistics/${one}.ts`,
  ),
  'bench/result',
  ...['load-generator', 'start-generator'].map((one) => `bench/scenarios/${one}.ts`),
];

const sibling = /\bfrom '\.\/([a-z0-9-]+\.ts)'/g;

/** Returns a file of the scenarios and the files beside it that it imports. */
function withImports(file: string, seen: Set<string> = new Set()): Set<string> {
  // `index.ts` imports every scenario, so that each would depend on all.
  if (seen.has(file) || file === 'index.ts') return seen;
  seen.add(file);
  const text = readFileSync(join(root, 'bench/scenarios', file), 'utf8');
  for (const [, name = ''] of text.matchAll(sibling)) withImports(name, seen);
  return seen;
}

/** The files and folders that a part's figures depend on. */
export function sourcesOf({ scenarios }: Pick<Part, 'scenarios'>): readonly string[] {
  const own = new Set(scenarios.flatMap((name) => [...withImports(`${name}.ts`)]));
  return [...shared, ...[...own].sort().map((file) => `bench/scenarios/${file}`)];
}

/** A hash that changes if the part has to be measured again. */
export const hashOfPart = (part: Pick<Part, 'scenarios'>): string => hashOf(sourcesOf(part));
