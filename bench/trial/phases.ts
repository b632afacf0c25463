import type { Load, Objective } from './load.ts';
import type { Effort, Loading, Phase } from './scenario.ts';

/** The phases of a scenario of calls. */

/** A phase that loads one workload in one way. */
export interface CallPhase extends Phase {
  readonly load: Load;
}

/** Length and number of the steps in a default run. */
interface Steps {
  readonly ms: number;
  readonly times: number;
}

/** Factor of the number of steps over that of a default run. */
const stretch: Readonly<Record<Effort, number>> = { quick: 0.4, normal: 1, full: 2 };

interface Where {
  readonly workload: string;
  readonly connections: number;
  readonly rttMs?: number;
}

const at = ({ workload, connections, rttMs = 0 }: Where) => ({ workload, connections, rttMs });

/** Phases of one trial have the same id if they load in the same way. */
const idOf = ({ kind, workload, connections, rttMs }: Load, detail = '') =>
  `${workload}: ${kind} ${detail} over ${connections} connections, ${rttMs} ms`;

/** @param by the client to warm up, if it is not the driver */
export const warming = (
  where: Where,
  atMostMs: number,
  { effort }: Loading,
  by?: 'autocannon',
): CallPhase => {
  const inFlight = where.connections;
  const load: Load = { kind: 'warm-up', inFlight, ...at(where), ...(by && { by }) };
  return {
    id: idOf(load, by),
    load,
    ms: { quick: 200, normal: atMostMs, full: 2 * atMostMs }[effort],
    times: 1,
    together: 'warming',
  };
};

/**
 * A stretch on the core that the contender is measured on, not counted: what V8 still compiles
 * after all cores were busy, it compiles now.
 */
export const settling = (where: Where, ms: number, { effort }: Loading): CallPhase => {
  const inFlight = where.connections;
  const load: Load = { kind: 'warm-up', inFlight, isAlone: true, ...at(where) };
  return {
    id: idOf(load, 'alone'),
    load,
    ms: { quick: 50, normal: ms, full: 2 * ms }[effort],
    times: 1,
  };
};

function timed(
  load: Load,
  detail: string,
  { effort, durationMs }: Loading,
  steps: Steps,
): CallPhase {
  const { ms, times } = steps;
  const isAlike = load.kind === 'closed' || load.kind === 'open' || load.kind === 'share';
  const phase = { id: idOf(load, detail), load, ...(isAlike && { isRetaken: true as const }) };
  if (durationMs !== undefined) return { ...phase, ms: durationMs / times, times };
  if (effort === 'quick') return { ...phase, ms: Math.min(ms, 100), times: 1 };
  return { ...phase, ms, times: times * stretch[effort] };
}

export const closed = (where: Where, inFlight: number, loading: Loading, steps: Steps): CallPhase =>
  timed({ kind: 'closed', inFlight, ...at(where) }, `${inFlight} in flight`, loading, steps);

export const autocannon = (where: Where, loading: Loading, steps: Steps): CallPhase =>
  timed({ kind: 'autocannon', ...at(where) }, '', loading, steps);

/**
 * An open loop at a rate that is the same for all.
 * @param rate calls a second; `equal`: half of what the slowest contender can do
 */
export const open = (
  where: Where,
  rate: number | 'equal',
  loading: Loading,
  steps: Steps,
): CallPhase => {
  const { perSecond = rate === 'equal' ? null : rate } = loading;
  const load: Load = { kind: 'open', perSecond, arrivals: 'poisson', ...at(where) };
  const phase = timed(load, `${perSecond ?? 'equal'}/s`, loading, steps);
  return perSecond === null ? { ...phase, equalRateOf: where.workload } : phase;
};

/** Phases that wait for a distance, which all contenders may do at once. */
export const waiting = (phase: CallPhase): CallPhase => ({ ...phase, together: 'waiting' });

/** The curve of latency against load: shares of what the process can do, in geometric steps. */
const highest = 1.1;
const factor = 1.22;
const shares = Array.from({ length: 8 }, (_, at) => highest / factor ** at)
  .toReversed()
  .map((share) => Number(share.toFixed(2)));

export const curve = (where: Where, loading: Loading, steps: Steps): CallPhase[] =>
  shares.map((share) =>
    timed({ kind: 'share', share, ...at(where) }, `${share} of capacity`, loading, steps),
  );

/** Marks phases that the baseline's repeat leaves out. */
export const once = (phases: readonly CallPhase[]): CallPhase[] =>
  phases.map((phase) => ({ ...phase, once: true }));

/** The highest rate that meets the objective, in that many steps of halving. */
export const searching = (
  where: Where,
  objective: Objective,
  { effort }: Loading,
  { ms, times }: Steps,
): CallPhase => {
  const load: Load = { kind: 'search', objective, ...at(where) };
  return { id: idOf(load), load, ms, times: effort === 'quick' ? 1 : times };
};
