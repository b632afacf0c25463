import { type LinkProcess, startLinkProcess } from './link/links.ts';
import { type Generator, startGenerator } from './load/generator-process.ts';
import { lookAround, type Shared } from './look-around.ts';
import type { Block, Plan, Request } from './plan.ts';
import { readEnvironment } from './report/environment.ts';
import {
  type Cell,
  type Measured,
  type Result,
  resultVersion,
  type Sample,
} from './report/result.ts';
import type { Contender, Lab } from './scenarios/scenario.ts';
import { protocolOf } from './scenarios/wires.ts';
import { faultsOfClosed, faultsOfOpen } from './statistics/validity.ts';
import { memoryOf } from './subject/meter.ts';
import { pin } from './subject/process.ts';
import { type Subject, startControl, startServer, targetAt } from './subject/subject.ts';
import { type Copies, importTemplate, openCopies, type Template } from './subject/template.ts';

/** Whom a run tells how it goes. */
export interface Progress {
  importing(): void;
  calibrating(): void;
  /** @param part of the block that is done, 0 to 1 */
  block(block: Block, part: number): void;
  /** A scenario, or the store, has all that it will get. */
  finished(name: string, result: Result): void;
}

/** A process that takes longer than this for one order hangs. */
const orderWithinMs = 60_000;

const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

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
  let shared: Shared | undefined;
  const { loading, seed, only, wires, tls } = request;
  const resultNow = (complete: boolean): Result => ({
    version: resultVersion,
    startedAt,
    finishedAt: new Date().toISOString(),
    complete,
    environment,
    options: {
      seed,
      effort: loading.effort,
      only: [...only],
      wires: [...wires],
      tls,
      targets: Object.fromEntries(
        request.targets.map(({ wire, host, port }) => [wire, `${host}:${port}`]),
      ),
      flags: [...flags],
    },
    start: shared?.start ?? null,
    ceilings: [...(shared?.ceilings ?? [])],
    link: shared?.link ?? null,
    cells,
    storage,
  });

  let copies: Copies | undefined;
  let links: LinkProcess | undefined;
  try {
    if (!template.exists) {
      progress.importing();
      await importTemplate(template, signal);
    }
    copies = openCopies(template);
    links = await startLinkProcess();
    if (plan.blocks.length > 0) {
      progress.calibrating();
      shared = await lookAround({ copies, plan, request, controlPort: links.controlPort });
    }
    for (const [at, block] of plan.blocks.entries()) {
      if (signal.aborted || !shared) return resultNow(false);
      await runBlock(block, { request, shared, copies, cells, signal, progress });
      const next = plan.blocks[at + 1];
      if (next?.scenario !== block.scenario) {
        progress.finished(block.scenario.name, resultNow(false));
      }
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
    await links?.stop();
    copies?.close();
  }
}

interface Run {
  readonly request: Request;
  readonly shared: Shared;
  readonly copies: Copies;
  readonly cells: Cell[];
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** A contender with its two processes. */
interface Member {
  readonly contender: Contender;
  readonly cell: Cell;
  readonly subject: Subject;
  readonly generator: Generator;
  readonly databasePath: string;
}

function cellFor(cells: Cell[], scenario: string, { name, kind }: Contender): Cell {
  const known = cells.find((cell) => cell.scenario === scenario && cell.contender === name);
  if (known) return known;
  const cell: Cell = { scenario, contender: name, kind, invalid: [], samples: [] };
  cells.push(cell);
  return cell;
}

/** One round: all processes are started, proved, loaded in turns, and ended. */
async function runBlock(block: Block, run: Run): Promise<void> {
  const { cells, signal, progress } = run;
  const { scenario } = block;
  progress.block(block, 0);
  // A cell that is invalid once stays so: its time is better spent on the others.
  const wanted = block.contenders.filter(
    (contender) => cellFor(cells, scenario.name, contender).invalid.length === 0,
  );
  const starting = wanted.map((contender) => startMember(block, contender, run));
  const members = (await Promise.all(starting)).filter((member) => member !== undefined);
  /** What goes wrong makes the cell invalid; an interrupt says nothing of the contender. */
  const attempt = async (member: Member, work: () => Promise<void>) => {
    if (signal.aborted || member.cell.invalid.length > 0) return;
    try {
      await work();
    } catch (thrown) {
      if (!signal.aborted) member.cell.invalid.push(reasonOf(thrown));
    }
  };
  try {
    for (const member of members) await attempt(member, () => openMember(member, block, run));
    for (const [done, { contender, slice }] of block.moves.entries()) {
      const member = members.find((one) => one.contender === contender);
      if (!member) continue;
      await attempt(member, async () => {
        await member.generator.run({ kind: 'take', slice }, orderWithinMs);
      });
      progress.block(block, (done + 1) / block.moves.length);
    }
    for (const [order, member] of members.entries()) {
      await attempt(member, () => finishMember(member, block, order, run));
    }
  } finally {
    await Promise.all(members.map((member) => endMember(member, run.copies)));
  }
}

async function startMember(
  { scenario }: Block,
  contender: Contender,
  { shared, copies, cells, signal }: Run,
): Promise<Member | undefined> {
  const cell = cellFor(cells, scenario.name, contender);
  const databasePath = copies.copy();
  const spec = contender.subject;
  const { constantsPath, certificate, target } = shared;
  const starting = [
    startGenerator(),
    'control' in spec
      ? startControl(spec.control, constantsPath)
      : target
        ? targetAt(target)
        : startServer({ ...spec, databasePath, certificate }),
  ] as const;
  try {
    const [generator, subject] = await Promise.all(starting);
    return { contender, cell, subject, generator, databasePath };
  } catch (thrown) {
    if (!signal.aborted) cell.invalid.push(reasonOf(thrown));
    const [generator, subject] = await Promise.allSettled(starting);
    if (generator.status === 'fulfilled') await generator.value.stop();
    if (subject.status === 'fulfilled') await subject.value.stop();
    copies.delete(databasePath);
    return undefined;
  }
}

async function endMember(member: Member, copies: Copies): Promise<void> {
  await Promise.all([member.generator.stop(), member.subject.stop()]);
  copies.delete(member.databasePath);
}

async function openMember(
  { subject, generator, contender }: Member,
  { scenario, round }: Block,
  { request, shared }: Run,
): Promise<void> {
  const { address } = subject;
  if (address.ours && address.pid !== null) await pin(address.pid, 0);
  await pin(generator.pid, 1);
  const lab: Lab = {
    address,
    contender: contender.name,
    fixtures: shared.fixtures,
    reference: shared.references.get(scenario.name),
    seed: request.seed,
    round,
    loading: request.loading,
    link: { controlPort: shared.controlPort, points: shared.link.points },
  };
  await generator.run({ kind: 'open', scenario: scenario.name, lab }, orderWithinMs);
}

async function finishMember(
  { subject, generator, contender, cell }: Member,
  { round }: Block,
  order: number,
  { shared }: Run,
): Promise<void> {
  const { address, readyMs, idleBytes } = subject;
  const report = await generator.run({ kind: 'finish' }, orderWithinMs);
  if (report.kind !== 'measured') throw new Error(`Expected a measurement, got ${report.kind}.`);
  const peakBytes = address.pid === null ? null : (memoryOf(address.pid)?.peakBytes ?? null);
  const measured = judged(report.measured, contender, shared);
  const sample: Sample = { round, order, readyMs, idleBytes, peakBytes, ...measured };
  cell.samples.push(sample);
  cell.invalid.push(...faultsOf(measured));
}

/** Each load with the reasons why its figures must not be used. */
function judged(measured: Measured, { wire }: Contender, { ceilings }: Shared): Measured {
  const protocol = protocolOf(wire);
  const ceilingOf = (driver: string) =>
    ceilings.find((ceiling) => ceiling.protocol === protocol && ceiling.driver === driver);
  return {
    ...measured,
    closed: measured.closed.map((load) => ({
      ...load,
      invalid: faultsOfClosed(load, ceilingOf(load.driver)),
    })),
    open: measured.open.map((load) => ({ ...load, invalid: faultsOfOpen(load) })),
  };
}

/** What speaks against a process as a whole, whatever was measured on it. */
export function faultsOf({ closed, open, delivery }: Measured): string[] {
  const failing = [...closed, ...open].filter(({ failed, rttMs }) => failed > 0 && rttMs === 0);
  return [
    ...failing.slice(0, 1).flatMap(({ invalid }) => invalid),
    ...(delivery?.missing ? [`events lost: ${delivery.missing}`] : []),
    ...(delivery?.misplaced ? [`events out of order: ${delivery.misplaced}`] : []),
  ];
}

async function measureStore(copies: Copies): Promise<Result['storage']> {
  const generator = await startGenerator();
  try {
    const order = { kind: 'storage', folder: copies.folder } as const;
    const report = await generator.run(order, orderWithinMs);
    return report.kind === 'storage' ? report.storage : null;
  } finally {
    await generator.stop();
  }
}
