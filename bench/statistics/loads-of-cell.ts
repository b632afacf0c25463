import type { ClosedLoopSample, OpenLoopSample } from '../result/loads.ts';
import type { Cell } from '../result/result.ts';

/** The same load of all processes of a cell. */
export type SameLoads =
  | { readonly kind: 'closed'; readonly loads: readonly ClosedLoopSample[] }
  | { readonly kind: 'open'; readonly loads: readonly OpenLoopSample[] };

const keyOfClosed = ({ workload, connections, rttMs, inFlight, driver }: ClosedLoopSample) =>
  [workload, connections, rttMs, inFlight, driver].join();

const keyOfOpen = ({ workload, connections, rttMs, share, perSecond, driver }: OpenLoopSample) =>
  [workload, connections, rttMs, share ?? `${perSecond}/s`, driver].join();

/** Groups the loads of a cell's processes that load in the same way. */
export function loadsOfCell({ samples }: Cell): SameLoads[] {
  const closed = Map.groupBy(
    samples.flatMap((sample) => sample.closed),
    keyOfClosed,
  );
  const open = Map.groupBy(
    samples.flatMap((sample) => sample.open),
    keyOfOpen,
  );
  return [
    ...[...closed.values()].map((loads) => ({ kind: 'closed', loads }) as const),
    ...[...open.values()].map((loads) => ({ kind: 'open', loads }) as const),
  ];
}
