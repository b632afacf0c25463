import { basename } from 'node:path';
import { assemble } from './assemble.ts';
import { findMeasured, type MeasuredPart, recordOf, writeRecord } from './part-record.ts';
import { hashOfPart } from './part-sources.ts';
import { type Part, parts } from './parts.ts';
import { checkFolder, isUnfiltered, publish, renderPublication } from './publish.ts';
import { exit } from './report/outcome.ts';
import { checkPlanned, parseThreshold } from './report/threshold.ts';
import { differencesOf } from './result/parts-of-run.ts';
import type { Result } from './result/result.ts';
import { conclude, list, type Out, planOf, type RunCommand, showAnswers } from './run.ts';
import type { Plan, Request } from './trial/plan.ts';

/** A part of this run, which is to be measured or has been measured before. */
interface PlannedPart {
  readonly part: Part;
  readonly request: Request;
  readonly plan: Plan;
  readonly reused: MeasuredPart | undefined;
}

/** Time that a part may take, unless its flags ask for another length. */
const budgetOf = ({ minutes }: Part, { loading, pairs }: Request): number | undefined =>
  loading.effort === 'full' && loading.durationMs === undefined && pairs === undefined
    ? minutes * 60_000
    : undefined;

export function planParts(
  { request, folder, parts: names, reuse }: RunCommand,
  slowness = 1,
): readonly PlannedPart[] {
  return parts.flatMap((part) => {
    if (!names.includes(part.name)) return [];
    const own = { ...request, only: part.scenarios, budgetMs: budgetOf(part, request) };
    const plan = planOf(own, slowness);
    // A target may lack the wires of this part.
    if (plan.blocks.length === 0 && !plan.storage) return [];
    // A target may have changed since it was measured.
    const reused =
      reuse && request.targets.length === 0
        ? findMeasured(folder, recordOf(part, request))
        : undefined;
    return [{ part, request: own, plan, reused }];
  });
}

const lengthOf = (planned: readonly PlannedPart[]): number =>
  planned.reduce((ms, { plan, reused }) => ms + (reused ? 0 : plan.estimateMs), 0);

/** To the minute, because an estimate is no more exact. */
const roughly = (ms: number): string =>
  ms < 90_000 ? `${Math.ceil(ms / 10_000) * 10} s` : `${Math.round(ms / 60_000)} min`;

const questionsText = ({ questions }: Part): string => {
  if (questions.length === 0) return '';
  return ` (question${questions.length === 1 ? '' : 's'} ${questions.join(', ')})`;
};

/** Describes what the run will do, in a line for each part. */
export function describeParts(planned: readonly PlannedPart[]): string {
  const rows = planned.map(({ part, plan, reused }) => [
    part.name,
    reused ? `reused: ${basename(reused.folder)}` : roughly(plan.estimateMs),
    `${part.title}${questionsText(part)}`,
  ]);
  const widest = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(
    (row) => `  ${row.map((text, column) => text.padEnd(widest[column] ?? 0)).join('  ')}`,
  );
  const reused = planned.filter((one) => one.reused).length;
  const why =
    reused === 0
      ? ''
      : `Parts with the same sources, machine and options are reused; --fresh measures them again.\n`;
  const left = planned.length - reused;
  return `${left} of ${planned.length} parts to measure, about ${roughly(lengthOf(planned))}:\n${lines.join('\n')}\n${why}\n`;
}

/** How parts are measured, and where that is reported. */
interface Measuring {
  readonly out: Out;
  readonly signal: AbortSignal;
  /** Of this machine in starting processes, as a factor. */
  readonly slowness: number;
  measure(plan: Plan, request: Request): Promise<Result>;
}

/** Measures one part and writes its result. */
async function measurePart(
  { part, plan, request }: PlannedPart,
  folder: string,
  { out, measure }: Measuring,
): Promise<MeasuredPart> {
  const record = recordOf(part, request);
  const result = await measure(plan, request);
  const published = publish(result, { folder, name: part.name }, false);
  out.write(
    `Part ${part.name}: ${result.complete ? 'done' : 'cut short'}. ${renderPublication(published)}\n\n`,
  );
  // If the code changed meanwhile, the figures belong to no revision and must not be reused.
  if (result.complete && hashOfPart(part) === record.sources) {
    writeRecord(published.folder, record);
  }
  return { record, folder: published.folder, result };
}

/** @returns the parts that were measured to their end, in order; fewer after an interrupt */
async function measureAll(
  planned: readonly PlannedPart[],
  folder: string,
  on: Measuring,
): Promise<readonly MeasuredPart[]> {
  const done: MeasuredPart[] = [];
  for (const [at, one] of planned.entries()) {
    if (one.reused) {
      done.push(one.reused);
      continue;
    }
    const { name, title } = one.part;
    const which = `part ${at + 1} of ${planned.length}, ${name}`;
    const left = roughly(lengthOf(planned.slice(at)));
    if (!on.signal.aborted) on.out.write(`Now ${which}: ${title}. About ${left} left.\n`);
    const measured = on.signal.aborted ? undefined : await measurePart(one, folder, on);
    if (!measured?.result.complete) {
      on.out.write(`Interrupted in ${which}. The next --full goes on with it.\n`);
      return done;
    }
    done.push(measured);
  }
  return done;
}

/** Runs parts one after the other, and assembles one result from them. */
export async function runParts(command: RunCommand, on: Measuring): Promise<number> {
  const { action, request, folder, thresholds, parts: names } = command;
  const startedAt = new Date().toISOString();
  const planned = planParts(command, on.slowness);
  const limits = thresholds.map(parseThreshold);
  checkPlanned(
    limits,
    planned.flatMap(({ plan }) => plan.blocks),
  );
  const { out } = on;
  if (action === 'run') checkFolder(folder);
  out.write(describeParts(planned));
  if (action === 'list') {
    for (const { plan } of planned) list(plan, out);
    return exit.passed;
  }
  const measured = await measureAll(planned, folder, on);
  if (measured.length < planned.length) return exit.interrupted;
  const result = assemble(measured);
  const isWhole = names.length === parts.length;
  showAnswers(result, command, out);
  for (const line of differencesOf(result)) out.write(`Parts differ: ${line}\n`);
  if (measured.length > 1) {
    const name = isWhole ? 'full' : 'parts';
    const unfiltered = isWhole && isUnfiltered(request);
    out.write(`\n${renderPublication(publish(result, { folder, startedAt, name }, unfiltered))}\n`);
  }
  return conclude(result, command, out);
}
