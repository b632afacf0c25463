import { cores } from '../process/child.ts';
import type { Cell, Measured, Result, Sample } from '../result/result.ts';
import { protocolOf } from '../result/wires.ts';
import { faultsOfClosed, faultsOfOpen } from '../statistics/validity.ts';
import { memoryOf } from '../subject/meter.ts';
import type { Block, Request } from './plan.ts';
import type { Placement, Pool, Processes } from './pool.ts';
import type { Preflight } from './preflight.ts';
import type { Contender, TrialSetup } from './scenario.ts';

/** Gets reports of how a run goes. */
export interface RunProgress {
  importing(): void;
  calibrating(): void;
  /** @param part of the block that is done, 0 to 1 */
  block(block: Block, part: number): void;
  /** A scenario, or the store, has all that it will get. */
  finished(name: string, result: Result): void;
}

interface BlockOptions {
  readonly request: Request;
  readonly preflight: Preflight;
  /** Of the run so far; the block adds its samples. */
  readonly cells: Cell[];
  readonly signal: AbortSignal;
  readonly progress: RunProgress;
  readonly pool: Pool;
}

/** A contender on its process of this round. */
interface Member {
  readonly contender: Contender;
  readonly cell: Cell;
  readonly processes: Processes;
}

/** A process that takes longer than this for one order hangs. */
const orderWithinMs = 60_000;

const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

function cellFor(cells: Cell[], scenario: string, { name, kind }: Contender): Cell {
  const known = cells.find((cell) => cell.scenario === scenario && cell.contender === name);
  if (known) return known;
  const cell: Cell = { scenario, contender: name, kind, invalid: [], samples: [] };
  cells.push(cell);
  return cell;
}

/** Runs one scenario of one round: contenders are proved, and then alternate at the steps. */
export async function runBlock(block: Block, options: BlockOptions): Promise<void> {
  const { signal, progress } = options;
  progress.block(block, 0);
  const members = await openMembers(block, options);
  /** What goes wrong makes the cell invalid; an interrupt does not. */
  const attempt = async (member: Member, work: () => Promise<void>) => {
    if (signal.aborted || member.cell.invalid.length > 0) return;
    try {
      await work();
    } catch (thrown) {
      if (!signal.aborted) member.cell.invalid.push(reasonOf(thrown));
    }
  };
  await place(members, 'any core');
  await eachServer(members, (member) => attempt(member, () => openTrial(member, block, options)));
  for (const [done, { phase, contenders }] of block.steps.entries()) {
    const isTogether = contenders.length > 1;
    await place(members, isTogether ? 'any core' : 'own core');
    const active = members.filter(({ contender }) => contenders.includes(contender));
    await eachServer(active, (member, ofServer) =>
      attempt(member, async () => {
        // Together they take as long as they would one after the other on the cores that there are.
        const ms = isTogether ? (phase.ms * active.length) / cores / ofServer : phase.ms;
        const order = { trial: member.contender.name, phase: phase.id, ms };
        await member.processes.generator.run('step', order, orderWithinMs);
      }),
    );
    progress.block(block, (done + 1) / block.steps.length);
  }
  for (const [order, member] of members.entries()) {
    await attempt(member, () => finishTrial(member, block, order, options));
  }
}

/**
 * All at once, except those of one server: it and its generator do one thing at a time.
 * @param work gets how many of them are of the same server
 */
async function eachServer(
  members: readonly Member[],
  work: (member: Member, ofServer: number) => Promise<void>,
): Promise<void> {
  const servers = Map.groupBy(members, ({ processes }) => processes);
  await Promise.all(
    [...servers.values()].map(async (ofServer) => {
      for (const member of ofServer) await work(member, ofServer.length);
    }),
  );
}

const place = (members: readonly Member[], placement: Placement) =>
  Promise.all(members.map(({ processes }) => processes.place(placement)));

async function openMembers(
  { scenario, contenders }: Block,
  { cells, pool, signal }: BlockOptions,
): Promise<Member[]> {
  const members = await Promise.all(
    contenders.map(async (contender) => {
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

async function openTrial(
  { processes, contender }: Member,
  { scenario, round }: Block,
  { request, preflight }: BlockOptions,
): Promise<void> {
  const { subject, generator } = processes;
  const setup: TrialSetup = {
    address: subject.address,
    contender: contender.name,
    fixtures: preflight.fixtures,
    reference: preflight.references.get(scenario.name),
    seed: request.seed,
    round,
    loading: request.loading,
    link: { controlPort: preflight.controlPort, points: preflight.link.points },
  };
  const order = { trial: contender.name, scenario: scenario.name, setup };
  await generator.run('open', order, orderWithinMs);
}

async function finishTrial(
  { processes, contender, cell }: Member,
  { round }: Block,
  order: number,
  { preflight }: BlockOptions,
): Promise<void> {
  const { subject, generator } = processes;
  const { address, readyMs, idleBytes } = subject;
  const raw = await generator.run('finish', contender.name, orderWithinMs);
  const peakBytes = address.pid === null ? null : (memoryOf(address.pid)?.peakBytes ?? null);
  const measured = judged(raw, contender, preflight);
  const sample: Sample = { round, order, readyMs, idleBytes, peakBytes, ...measured };
  cell.samples.push(sample);
  cell.invalid.push(...faultsOf(measured));
}

/** Each load with the reasons why its figures must not be used. */
function judged(measured: Measured, { wire }: Contender, { ceilings }: Preflight): Measured {
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
