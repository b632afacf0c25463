import { startGenerator } from './load/generator-process.ts';
import type { Plan, Request, Step } from './plan.ts';
import { readEnvironment } from './report/environment.ts';
import {
  type Cell,
  type Measured,
  type Result,
  resultVersion,
  type Sample,
} from './report/result.ts';
import type { Fixtures, Scenario } from './scenarios/scenario.ts';
import { openClient, portOf } from './scenarios/wires.ts';
import { takeFixtures } from './subject/fixtures.ts';
import { memoryOf } from './subject/meter.ts';
import { type Subject, startControl, startServer } from './subject/subject.ts';
import { type Copies, importTemplate, openCopies, type Template } from './subject/template.ts';

/** Whom a run tells how it goes. */
export interface Progress {
  importing(): void;
  /** @param done steps done before this one */
  step(step: Step, done: number): void;
  /** A scenario, or the store, has all that it will get. */
  finished(name: string, result: Result): void;
}

/** A process that takes longer than this hangs. */
const stepWithinMs = 60_000;

interface Shared {
  readonly copies: Copies;
  readonly constantsPath: string;
  readonly fixtures: Fixtures;
  readonly references: ReadonlyMap<string, unknown>;
  readonly start: NonNullable<Result['start']>;
}

/**
 * Runs the plan. What was measured is returned whatever happens; it is complete only where the
 * plan was run to its end.
 */
export async function runPlan(
  plan: Plan,
  request: Request,
  options: {
    readonly template: Template;
    readonly flags: readonly string[];
    readonly signal: AbortSignal;
    readonly progress: Progress;
  },
): Promise<Result> {
  const { template, flags, signal, progress } = options;
  const startedAt = new Date().toISOString();
  const environment = readEnvironment();
  const cells: Cell[] = [];
  let storage: Result['storage'] = null;
  let start: Result['start'] = null;
  const resultNow = (complete: boolean): Result => ({
    version: resultVersion,
    startedAt,
    finishedAt: new Date().toISOString(),
    complete,
    environment,
    options: { ...request, only: [...request.only], wires: [...request.wires], flags: [...flags] },
    start,
    cells,
    storage,
  });

  let copies: Copies | undefined;
  try {
    if (!template.exists) {
      progress.importing();
      await importTemplate(template, signal);
    }
    copies = openCopies(template);
    const wanted = [...new Set(plan.steps.map(({ scenario }) => scenario))];
    const shared = plan.steps.length > 0 ? await lookAround(copies, wanted) : undefined;
    start = shared?.start ?? null;
    for (const [done, step] of plan.steps.entries()) {
      if (signal.aborted) return resultNow(false);
      const cell = cellFor(cells, step);
      // A cell that is invalid once stays so: its time is better spent on the others.
      if (cell.invalid.length === 0 && shared) {
        progress.step(step, done);
        await takeStep(step, done, { request, shared, cell, signal });
      }
      const next = plan.steps[done + 1];
      if (next?.scenario !== step.scenario) progress.finished(step.scenario.name, resultNow(false));
    }
    if (plan.storage && !signal.aborted) {
      storage = await measureStore(copies);
      if (!signal.aborted) progress.finished('storage', resultNow(false));
    }
    return resultNow(!signal.aborted);
  } catch (thrown) {
    if (signal.aborted) return resultNow(false);
    throw thrown;
  } finally {
    copies?.close();
  }
}

/** Starts the whole server once: fixtures, reference answers, and how it starts and rests. */
async function lookAround(copies: Copies, scenarios: readonly Scenario[]): Promise<Shared> {
  const constantsPath = copies.file('constants.json');
  const wires = ['rest', 'grpc', 'graphql', 'sse', 'websocket'];
  const databasePath = copies.copy();
  // The first start after an installation fills the compile cache: it is not like those after it.
  await (await startServer({ wires, databasePath })).stop();
  const subject = await startServer({ wires, databasePath });
  const { address, readyMs } = subject;
  try {
    const idleBytes = memoryOf(address.pid)?.residentBytes ?? null;
    const askedMs = performance.now();
    const client = await openClient('rest', portOf(address, 'rest'));
    await client.listPayments({ limit: 1 });
    const firstAnswerMs = readyMs + performance.now() - askedMs;
    await client.close();
    const fixtures = await takeFixtures(address, constantsPath);
    const references = new Map<string, unknown>();
    for (const scenario of scenarios) {
      references.set(scenario.name, await scenario.reference(address, fixtures));
    }
    const start = { readyMs, firstAnswerMs, idleBytes };
    return { copies, constantsPath, fixtures, references, start };
  } finally {
    await subject.stop();
  }
}

function cellFor(cells: Cell[], { scenario, contender }: Step): Cell {
  const known = cells.find(
    (cell) => cell.scenario === scenario.name && cell.contender === contender.name,
  );
  if (known) return known;
  const { name, kind } = contender;
  const cell: Cell = {
    scenario: scenario.name,
    contender: name,
    kind,
    invalid: [],
    samples: [],
  };
  cells.push(cell);
  return cell;
}

/** One fresh pair of processes, server and client. What goes wrong makes the cell invalid. */
async function takeStep(
  step: Step,
  order: number,
  run: {
    readonly request: Request;
    readonly shared: Shared;
    readonly cell: Cell;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { request, shared, cell, signal } = run;
  const { scenario, contender, round } = step;
  const databasePath = shared.copies.copy();
  const starting = [startGenerator(), startSubjectOf(step, databasePath, shared)] as const;
  try {
    const [generator, subject] = await Promise.all(starting);
    const { address, readyMs } = subject;
    const idleBytes = memoryOf(address.pid)?.residentBytes ?? null;
    const reference = shared.references.get(scenario.name);
    const { fixtures } = shared;
    const lab = {
      address,
      contender: contender.name,
      fixtures,
      reference,
      seed: request.seed + round,
      effort: request.effort,
    };
    const job = { kind: 'scenario', scenario: scenario.name, lab } as const;
    const report = await generator.run(job, stepWithinMs);
    if (report.kind !== 'measured') throw new Error(`Expected a measurement, got ${report.kind}.`);
    const peakBytes = memoryOf(address.pid)?.peakBytes ?? null;
    const { measured } = report;
    const sample: Sample = { round, order, readyMs, idleBytes, peakBytes, ...measured };
    cell.samples.push(sample);
    cell.invalid.push(...faultsOf(measured));
  } catch (thrown) {
    // An interrupt ends the processes: that says nothing of the contender.
    if (!signal.aborted)
      cell.invalid.push(thrown instanceof Error ? thrown.message : String(thrown));
  } finally {
    const [generator, subject] = await Promise.allSettled(starting);
    await Promise.all([
      generator.status === 'fulfilled' && generator.value.stop(),
      subject.status === 'fulfilled' && subject.value.stop(),
    ]);
    shared.copies.delete(databasePath);
  }
}

function startSubjectOf(
  { contender: { subject } }: Step,
  databasePath: string,
  { constantsPath }: Shared,
): Promise<Subject> {
  return 'control' in subject
    ? startControl(subject.control, constantsPath)
    : startServer({ ...subject, databasePath });
}

const achievedAtLeast = 0.99;

/** Why the figures of a process must not be used. */
export function faultsOf({ closed, open, autocannon, delivery }: Measured): string[] {
  const faults: string[] = [];
  const told = (failures: Readonly<Record<string, number>>) =>
    Object.entries(failures)
      .map(([message, count]) => `${count} × ${message}`)
      .join('; ');
  if (closed?.failed) faults.push(`unexpected failures: ${told(closed.failures)}`);
  if (open?.failed) faults.push(`unexpected failures at equal rate: ${told(open.failures)}`);
  if (open?.overflow) faults.push(`overflow: ${open.overflow} calls did not fit`);
  if (open && open.completed < open.scheduled * achievedAtLeast) {
    faults.push(`achieved ${open.completed} of ${open.scheduled} calls`);
  }
  if (autocannon?.failed) faults.push(`unexpected failures by autocannon: ${autocannon.failed}`);
  if (delivery?.missing) faults.push(`events lost: ${delivery.missing}`);
  if (delivery?.misplaced) faults.push(`events out of order: ${delivery.misplaced}`);
  return faults;
}

async function measureStore(copies: Copies): Promise<Result['storage']> {
  const generator = await startGenerator();
  try {
    const report = await generator.run({ kind: 'storage', folder: copies.folder }, stepWithinMs);
    return report.kind === 'storage' ? report.storage : null;
  } finally {
    await generator.stop();
  }
}
