import { cores } from '../process/child.ts';
import type { Cell, Measured, Result, Sample } from '../result/result.ts';
import { protocolOf } from '../result/wires.ts';
import { median } from '../statistics/paired.ts';
import { faultsOfClosed, faultsOfOpen } from '../statistics/validity.ts';
import { memoryOf } from '../subject/meter.ts';
import type { Machine } from './machine.ts';
import type { Block, PlannedStep, Request } from './plan.ts';
import type { Placement, Pool, Processes } from './pool.ts';
import type { Preflight } from './preflight.ts';
import type { Capacity, Rates } from './rates.ts';
import type { Contender, MachineReading, Phase, TrialSetup } from './scenario.ts';

/** Gets reports of how a run goes. */
export interface RunProgress {
  importing(): void;
  calibrating(): void;
  /**
   * @param part share of the block that is done, 0 to 1
   * @param restMs estimate of the blocks after it that still fit into the time
   */
  block(block: Block, part: number, restMs: number): void;
  /** A scenario, or the store, is measured completely. */
  finished(name: string, result: Result): void;
}

interface BlockOptions {
  readonly request: Request;
  readonly rates: Rates;
  readonly machine: Machine;
  readonly restMs: number;
  readonly preflight: Preflight;
  /** The cells of the run so far; the block adds its samples. */
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
  /** The speed of the machine beside its steps. */
  readonly readings: MachineReading[];
}

/** A process that takes longer than this for one order counts as hung. */
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

/** Runs one scenario of one round: proves all contenders, then lets them alternate at steps. */
export async function runBlock(block: Block, options: BlockOptions): Promise<void> {
  const { signal, progress, restMs } = options;
  progress.block(block, 0, restMs);
  const members = await openMembers(block, options);
  const conduct = { block, members, options, attempt: attempting(signal) };
  await place(conduct, 'any core');
  await eachServer(members, (member) =>
    conduct.attempt(member, () => openTrial(member, block, options)),
  );
  let done = 0;
  for (const steps of phasesOf(block)) {
    const slow = new Set<number>();
    for (const step of steps) {
      if (await takeStep(step, conduct)) slow.add(step.at);
      done += 1;
      progress.block(block, done / block.steps.length, restMs);
    }
    await takeAgain(steps, slow, conduct);
  }
  for (const [order, member] of members.entries()) {
    await conduct.attempt(member, () => finishTrial(member, block, order, options));
  }
}

interface Conduct {
  readonly block: Block;
  readonly members: readonly Member[];
  readonly options: BlockOptions;
  readonly attempt: (member: Member, work: () => Promise<void>) => Promise<void>;
}

/** An error makes the cell invalid; an interrupt does not. */
const attempting =
  (signal: AbortSignal): Conduct['attempt'] =>
  async (member, work) => {
    if (signal.aborted || member.cell.invalid.length > 0) return;
    try {
      await work();
    } catch (thrown) {
      if (!signal.aborted) member.cell.invalid.push(reasonOf(thrown));
    }
  };

/** The steps of a block, phase by phase. */
function phasesOf({ steps }: Block): (readonly PlannedStep[])[] {
  const phases: PlannedStep[][] = [];
  for (const step of steps) {
    const last = phases.at(-1);
    if (last && last[0]?.phase === step.phase) last.push(step);
    else phases.push([step]);
  }
  return phases;
}

/**
 * Takes the steps at slow places again, of all contenders: those of one place are compared, and
 * are to lie beside each other in time. At the end of the phase, because a spell lasts longer than
 * a step.
 */
async function takeAgain(
  steps: readonly PlannedStep[],
  slow: ReadonlySet<number>,
  conduct: Conduct,
): Promise<void> {
  const { machine, signal } = conduct.options;
  for (const place of slow) {
    const those = steps.filter(({ at, phase }) => at === place && phase.isRetaken);
    const ms = those.reduce((sum, { phase }) => sum + phase.ms, 0);
    if (signal.aborted || those.length === 0 || !machine.mayRepeat(ms)) {
      machine.keep();
      continue;
    }
    let isStillSlow = false;
    for (const step of those) isStillSlow = (await takeStep(step, conduct)) || isStillSlow;
    if (isStillSlow) machine.keep();
  }
}

/** Calls that a figure at a rate rests on, over all processes of a contender. */
const callsAtRate = 2000;
const longestStepMs = 500;

/** Length of a step. At a low rate it is longer, so that all steps together have enough calls. */
export function lengthAtRate({ ms, times }: Phase, perSecond: number, rounds: number): number {
  const calls = (perSecond * ms * times * rounds) / 1000;
  return Math.max(ms, Math.min(longestStepMs, (ms * callsAtRate) / calls));
}

/** The rate of a step at equal rate; undefined for any other step. */
async function rateOf({ phase }: PlannedStep, conduct: Conduct): Promise<number | undefined> {
  const { block, members, options } = conduct;
  const { equalRateOf: workload } = phase;
  if (workload === undefined) return undefined;
  return options.rates.of(block.scenario.name, workload, async () => {
    const capacities: Capacity[] = [];
    for (const member of members) {
      const { contender, processes } = member;
      await conduct.attempt(member, async () => {
        const order = { trial: contender.name, workload };
        const perSecond = await processes.generator.run('capacity', order, orderWithinMs);
        capacities.push({ contender: contender.name, perSecond });
      });
    }
    return capacities;
  });
}

/** The rate of a step; if none can be known, what it is for is measured of nobody. */
async function knownRateOf(step: PlannedStep, conduct: Conduct): Promise<number | undefined> {
  try {
    return await rateOf(step, conduct);
  } catch (thrown) {
    for (const member of conduct.members) {
      await conduct.attempt(member, () => Promise.reject(thrown));
    }
    return undefined;
  }
}

/** @returns whether the machine was slow meanwhile */
async function takeStep(step: PlannedStep, conduct: Conduct): Promise<boolean> {
  const { block, members, options, attempt } = conduct;
  const { machine, signal } = options;
  const { phase, at, contenders } = step;
  if (signal.aborted) return false;
  const isWarming = phase.together === 'warming';
  await place(conduct, isWarming ? 'any core' : 'own core');
  const perSecond = await knownRateOf(step, conduct);
  const active = members.filter(({ contender }) => contenders.includes(contender));
  const isRead = phase.together === undefined;
  const before = isRead ? await machine.read() : null;
  await eachServer(active, (member, ofServer) =>
    attempt(member, async () => {
      // They share the cores, so together they take as long as one after the other on each core.
      const shared = isWarming ? active.length / Math.min(active.length, cores) / ofServer : 1;
      const ms = perSecond === undefined ? phase.ms : lengthAtRate(phase, perSecond, block.rounds);
      const order = {
        trial: member.contender.name,
        phase: phase.id,
        at,
        ms: ms * shared,
        perSecond,
      };
      await member.processes.generator.run('step', order, orderWithinMs + order.ms);
    }),
  );
  if (!isRead || signal.aborted) return false;
  const after = await machine.read();
  if (before === null || after === null) return false;
  const reading = (before + after) / 2;
  for (const { readings } of active) readings.push({ phase: phase.id, at, perSecond: reading });
  return machine.isSlow(reading);
}

/**
 * Does the work for all members at once, but one after the other for members of the same server,
 * because a server and its generator do one thing at a time.
 * @param work gets the number of members of the same server
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

/** A process that is gone makes its cell invalid, and not the run. */
const place = ({ members, attempt }: Conduct, placement: Placement) =>
  Promise.all(members.map((member) => attempt(member, () => member.processes.place(placement))));

async function openMembers(
  { scenario, contenders }: Block,
  { cells, pool, signal }: BlockOptions,
): Promise<Member[]> {
  const members = await Promise.all(
    contenders.map(async (contender) => {
      const cell = cellFor(cells, scenario.name, contender);
      // An invalid cell stays invalid, so it gets no more time.
      if (cell.invalid.length > 0) return [];
      try {
        const processes = await pool.processesOf(contender);
        return [{ contender, cell, processes, readings: [] }];
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
  { processes, contender, cell, readings }: Member,
  { round }: Block,
  order: number,
  { preflight }: BlockOptions,
): Promise<void> {
  const { subject, generator } = processes;
  const { address, readyMs, idleBytes } = subject;
  const finish = { trial: contender.name, machine: latestOf(readings) };
  const raw = await generator.run('finish', finish, orderWithinMs);
  const peakBytes = address.pid === null ? null : (memoryOf(address.pid)?.peakBytes ?? null);
  const measured = judged(raw, contender, preflight);
  const sample: Sample = { round, order, readyMs, idleBytes, peakBytes, ...measured };
  cell.samples.push(sample);
  cell.invalid.push(...faultsOf(measured));
}

/** Keeps the last reading of each step: a step that was taken again has two. */
const latestOf = (readings: readonly MachineReading[]): MachineReading[] => [
  ...new Map(readings.map((reading) => [`${reading.phase} ${reading.at}`, reading])).values(),
];

/**
 * Adds to each load the reasons why its figures must not be used. A ceiling is scaled to the speed
 * that the machine had beside the load.
 */
function judged(
  measured: Measured,
  { wire }: Contender,
  { ceilings, machineAtCeilings }: Preflight,
): Measured {
  const protocol = protocolOf(wire);
  const ceilingOf = ({ driver, slices }: Measured['closed'][number]): number | undefined => {
    const found = ceilings.find((one) => one.protocol === protocol && one.driver === driver);
    const beside = slices.flatMap(({ machinePerSecond }) => machinePerSecond ?? []);
    const scale = median(beside) / (machineAtCeilings ?? Number.NaN);
    // Without readings, the ceiling is that of the start of the run.
    return found && found.perSecond * (Number.isFinite(scale) ? scale : 1);
  };
  return {
    ...measured,
    closed: measured.closed.map((load) => ({
      ...load,
      invalid: faultsOfClosed(load, ceilingOf(load)),
    })),
    open: measured.open.map((load) => ({ ...load, invalid: faultsOfOpen(load) })),
  };
}

/** The reasons why nothing that was measured on a process may be used. */
export function faultsOf({ closed, open, delivery }: Measured): string[] {
  const failing = [...closed, ...open].filter(({ failed, rttMs }) => failed > 0 && rttMs === 0);
  return [
    ...failing.slice(0, 1).flatMap(({ invalid }) => invalid),
    ...(delivery?.missing ? [`events lost: ${delivery.missing}`] : []),
    ...(delivery?.misplaced ? [`events out of order: ${delivery.misplaced}`] : []),
  ];
}
