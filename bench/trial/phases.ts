import type { Objective, Phase, Turn } from './phase.ts';
import type { Effort, Loading } from './scenario.ts';

/** The parts that the turns of a scenario are put together from. */

/** How many times as long as in five minutes. */
const stretch: Readonly<Record<Effort, number>> = { quick: 0.4, normal: 1, full: 4 };

interface Where {
  readonly workload: string;
  readonly connections: number;
  readonly rttMs?: number;
}

const at = ({ workload, connections, rttMs = 0 }: Where) => ({ workload, connections, rttMs });

/** @param by a client that has to be warm itself, where it is not the driver */
export const warming = (
  where: Where,
  atMostMs: number,
  { effort }: Loading,
  by?: 'autocannon',
): Turn => ({
  phase: { kind: 'warm-up', inFlight: where.connections, ...at(where), ...(by && { by }) },
  ms: { quick: 200, normal: atMostMs, full: 3 * atMostMs }[effort],
  times: 1,
});

/** @param slice length and number of the slices in a run of five minutes */
function timed(
  phase: Phase,
  { effort, durationMs }: Loading,
  slice: { readonly ms: number; readonly times: number },
): Turn {
  if (durationMs !== undefined) return { phase, ms: durationMs / slice.times, times: slice.times };
  if (effort === 'quick') return { phase, ms: Math.min(slice.ms, 100), times: 1 };
  return { phase, ms: slice.ms, times: slice.times * stretch[effort] };
}

type Slices = { readonly ms: number; readonly times: number };

export const closed = (where: Where, inFlight: number, loading: Loading, slices: Slices): Turn =>
  timed({ kind: 'closed', inFlight, ...at(where) }, loading, slices);

export const autocannon = (where: Where, loading: Loading, slices: Slices): Turn =>
  timed({ kind: 'autocannon', ...at(where) }, loading, slices);

export const open = (where: Where, perSecond: number, loading: Loading, slices: Slices): Turn =>
  timed(
    { kind: 'open', perSecond: loading.perSecond ?? perSecond, arrivals: 'poisson', ...at(where) },
    loading,
    slices,
  );

/** The curve of latency against load: shares of what the process can do, in geometric steps. */
const highest = 1.1;
const step = 1.22;
const shares = Array.from({ length: 8 }, (_, at) => highest / step ** at)
  .toReversed()
  .map((share) => Number(share.toFixed(2)));

export const curve = (where: Where, loading: Loading, slices: Slices): Turn[] =>
  shares.map((share) => timed({ kind: 'share', share, ...at(where) }, loading, slices));

/** For what is drawn, and for the checks of the instrument. */
export const once = (turns: readonly Turn[]): Turn[] =>
  turns.map((turn) => ({ ...turn, once: true }));

/** The highest rate that meets the objective, halved this many times. */
export const searching = (
  where: Where,
  objective: Objective,
  loading: Loading,
  { ms, times }: Slices,
): Turn => ({
  phase: { kind: 'search', objective, ...at(where) },
  ms,
  times: loading.effort === 'quick' ? 1 : times,
});
