import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { hashOfPart } from './part-sources.ts';
import { type Part, partNames } from './parts.ts';
import { writeWhole } from './report/json.ts';
import { type Environment, type Result, readResult } from './result/result.ts';
import { readEnvironment } from './trial/environment.ts';
import type { Request } from './trial/plan.ts';

/** What a part's figures depend on; written beside the result of a part that was completed. */
const recordShape = z.strictObject({
  part: z.enum(partNames),
  /** Hash of the sources that it measures and measures with. */
  sources: z.string(),
  machine: z.string(),
  /** The rest of its request, without the scenarios, as JSON. */
  options: z.string(),
});

export type PartRecord = z.infer<typeof recordShape>;

/** A part that was measured. */
export interface MeasuredPart {
  readonly record: PartRecord;
  readonly folder: string;
  readonly result: Result;
}

/** What identifies a machine. Memory is rounded, because the reported size varies slightly. */
export const machineOf = (environment: Environment): string => {
  const { cpuModel, cores, memoryBytes, machine, kernel, platform, node } = environment;
  const memory = `${Math.round(memoryBytes / 2 ** 30)} GiB`;
  return [cpuModel, `${cores} cores`, memory, machine, kernel, platform, `Node ${node}`].join(', ');
};

const optionsOf = ({ targetKey: _, only: __, budgetMs: ___, ...rest }: Request): string =>
  JSON.stringify(rest);

/** The record that a run of the part would have now. */
export const recordOf = (part: Part, request: Request): PartRecord => ({
  part: part.name,
  sources: hashOfPart(part),
  machine: machineOf(readEnvironment()),
  options: optionsOf(request),
});

const pathIn = (folder: string): string => join(folder, 'part.json');

export const writeRecord = (folder: string, record: PartRecord): void =>
  writeWhole(pathIn(folder), `${JSON.stringify(record, null, 1)}\n`);

/** @throws Error if this is not the folder of a part that was completed */
export function readMeasuredPart(folder: string): MeasuredPart {
  if (!existsSync(pathIn(folder))) {
    throw new Error(`Expected the folder of a part that ran to its end, got '${folder}'.`);
  }
  const record = recordShape.parse(JSON.parse(readFileSync(pathIn(folder), 'utf8')));
  return { record, folder, result: readResult(join(folder, 'result.json')) };
}

function readIfWhole(folder: string): MeasuredPart | undefined {
  try {
    return readMeasuredPart(folder);
  } catch {
    return undefined;
  }
}

const isSame = (one: PartRecord, other: PartRecord): boolean =>
  one.part === other.part &&
  one.sources === other.sources &&
  one.machine === other.machine &&
  one.options === other.options;

/** The newest result of a part that was measured on this machine as it would be measured now. */
export function findMeasured(folder: string, now: PartRecord): MeasuredPart | undefined {
  if (!existsSync(folder)) return undefined;
  for (const name of readdirSync(folder).sort().reverse()) {
    if (!/^\d{4}-\d{2}-\d{2}T\d{4}-/.test(name)) continue;
    const found = readIfWhole(join(folder, name));
    if (found?.result.complete && isSame(found.record, now)) return found;
  }
  return undefined;
}
