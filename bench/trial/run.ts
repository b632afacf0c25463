import { type LinkProcess, startLinkProcess } from '../link/links.ts';
import { cores } from '../process/child.ts';
import {
  type Cell,
  type Measured,
  type Result,
  resultVersion,
  type Sample,
  type StoreMeasurement,
} from '../result/result.ts';
import { protocolOf } from '../result/wires.ts';
import { faultsOfClosed, faultsOfOpen } from '../statistics/validity.ts';
import { memoryOf } from '../subject/meter.ts';
import { hashOf } from '../subject/sources.ts';
import { type Copies, importTemplate, openCopies, type Template } from '../subject/template.ts';
import { readEnvironment } from './environment.ts';
import type { Block, Plan, Request } from './plan.ts';
import { createPool, type Place, type Pool, type Processes } from './pool.ts';
import { lookAround, nodeFlagsOf, type Shared } from './preflight.ts';
import type { Contender, Lab } from './scenario.ts';
import type { StartLoadGenerator } from './tasks.ts';

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

/** What is measured, and must not change while it is. */
const measured = ['services', 'protos', 'schema'];

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
    readonly startGenerator: StartLoadGenerator;
  },
): Promise<Result> {
  const { template, flags, signal, progress, startGenerator } = options;
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
      nodeFlags: request.targets.length > 0 ? [] : [...nodeFlagsOf(request)],
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

  const hashBefore = hashOf(measured);
  let copies: Copies | undefined;
  let links: LinkProcess | undefined;
  try {
    // A server that runs already has data of its own.
    if (!template.exists && request.targets.length === 0) {
      progress.importing();
      await importTemplate(template, signal);
    }
    copies = openCopies(template);
    links = await startLinkProcess();
    if (plan.blocks.length > 0) {
      progress.calibrating();
      const { controlPort } = links;
      shared = await lookAround({ copies, plan, request, controlPort, startGenerator });
    }
    for (const blocks of Map.groupBy(plan.blocks, ({ round }) => round).values()) {
      if (signal.aborted || !shared) return resultNow(false);
      const pool = createPool(shared, copies, startGenerator);
      try {
        for (const block of blocks) {
          await runBlock(block, { request, shared, copies, cells, signal, progress, pool });
          const isLast = plan.blocks.findLast(({ scenario }) => scenario === block.scenario);
          if (isLast === block) progress.finished(block.scenario.name, resultNow(false));
        }
      } finally {
        await pool.end();
      }
    }
    if (plan.storage && !signal.aborted) {
      storage = await measureStore(copies, startGenerator);
      if (!signal.aborted) progress.finished('storage', resultNow(false));
    }
    if (hashOf(measured) !== hashBefore) {
      for (const cell of cells) cell.invalid.push('the code of the server changed on the way');
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
  readonly pool: Pool;
}

/** A contender on its process of this round. */
interface Member {
  readonly contender: Contender;
  readonly cell: Cell;
  readonly processes: Processes;
}

function cellFor(cells: Cell[], scenario: string, { name, kind }: Contender): Cell {
  const known = cells.find((cell) => cell.scenario === scenario && cell.contender === name);
  if (known) return known;
  const cell: Cell = { scenario, contender: name, kind, invalid: [], samples: [] };
  cells.push(cell);
  return cell;
}

/** One scenario of one round: its contenders are proved, and loaded in turns. */
async function runBlock(block: Block, run: Run): Promise<void> {
  const { signal, progress } = run;
  progress.block(block, 0);
  const members = await gatherMembers(block, run);
  /** What goes wrong makes the cell invalid; an interrupt says nothing of the contender. */
  const attempt = async (member: Member, work: () => Promise<void>) => {
    if (signal.aborted || member.cell.invalid.length > 0) return;
    try {
      await work();
    } catch (thrown) {
      if (!signal.aborted) member.cell.invalid.push(reasonOf(thrown));
    }
  };
  await place(members, 'any core');
  await eachServer(members, (member) => attempt(member, () => openMember(member, block, run)));
  for (const [done, moves] of block.turns.entries()) {
    await place(members, moves.length > 1 ? 'any core' : 'own core');
    const moving = members.flatMap((member) => {
      const slice = moves.find(({ contender }) => contender === member.contender)?.slice;
      return slice ? { ...member, slice } : [];
    });
    await eachServer(moving, ({ slice, ...member }, ofServer) =>
      attempt(member, async () => {
        // Together they take as long as they would one after the other on the cores that there are.
        const ms = moves.length > 1 ? (slice.ms * moving.length) / cores / ofServer : slice.ms;
        const session = member.contender.name;
        const order = { session, slice: { ...slice, ms } };
        await member.processes.generator.run('take', order, orderWithinMs);
      }),
    );
    progress.block(block, (done + 1) / block.turns.length);
  }
  for (const [order, member] of members.entries()) {
    await attempt(member, () => finishMember(member, block, order, run));
  }
}

/**
 * All at once, except those of one server: it and its generator do one thing at a time.
 * @param work gets how many of them are of the same server
 */
async function eachServer<Item extends Member>(
  members: readonly Item[],
  work: (member: Item, ofServer: number) => Promise<void>,
): Promise<void> {
  const servers = Map.groupBy(members, ({ processes }) => processes);
  await Promise.all(
    [...servers.values()].map(async (ofServer) => {
      for (const member of ofServer) await work(member, ofServer.length);
    }),
  );
}

const place = (members: readonly Member[], where: Place) =>
  Promise.all(members.map(({ processes }) => processes.place(where)));

async function gatherMembers(block: Block, { cells, pool, signal }: Run): Promise<Member[]> {
  const { scenario } = block;
  const members = await Promise.all(
    block.contenders.map(async (contender) => {
      const cell = cellFor(cells, scenario.name, contender);
      // A cell that is invalid once stays so: its time is better spent on the others.
      if (cell.invalid.length > 0) return [];
      try {
        return [{ contender, cell, processes: await pool.processesOf(contender) }];
      } catch (thrown) {
        if (!signal.aborted) cell.invalid.push(reasonOf(thrown));
        return [];
      }
    }),
  );
  return members.flat();
}

async function openMember(
  { processes, contender }: Member,
  { scenario, round }: Block,
  { request, shared }: Run,
): Promise<void> {
  const { subject, generator } = processes;
  const { address } = subject;
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
  const order = { session: contender.name, scenario: scenario.name, lab };
  await generator.run('open', order, orderWithinMs);
}

async function finishMember(
  { processes, contender, cell }: Member,
  { round }: Block,
  order: number,
  { shared }: Run,
): Promise<void> {
  const { subject, generator } = processes;
  const { address, readyMs, idleBytes } = subject;
  const raw = await generator.run('finish', contender.name, orderWithinMs);
  const peakBytes = address.pid === null ? null : (memoryOf(address.pid)?.peakBytes ?? null);
  const measured = judged(raw, contender, shared);
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

async function measureStore(
  copies: Copies,
  startGenerator: StartLoadGenerator,
): Promise<StoreMeasurement> {
  const generator = await startGenerator();
  try {
    return await generator.run('store', copies.folder, orderWithinMs);
  } finally {
    await generator.stop();
  }
}
