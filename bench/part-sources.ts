import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from './parts.ts';
import { hashOf, root } from './subject/sources.ts';

/** What every part measures, or measures with. */
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

/** A file of the scenarios, and those beside it that it imports. */
function withImports(file: string, seen: Set<string> = new Set()): Set<string> {
  // The list of all scenarios is no part of any.
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

/** Changes whenever the part has to be measured again. */
export const hashOfPart = (part: Pick<Part, 'scenarios'>): string => hashOf(sourcesOf(part));
