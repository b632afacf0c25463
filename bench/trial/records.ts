import type { ClosedLoopSample, Measured } from '../result/result.ts';
import type { AutocannonSlice } from './by-autocannon.ts';
import {
  closedSampleOf,
  createSearch,
  type LoadContext,
  loadOf,
  openSampleOf,
  type Search,
  searchFrom,
  searchTo,
} from './gather.ts';
import type { ClosedSlice, OpenSlice } from './measure.ts';
import type { Phase } from './phase.ts';
import { type Lab, nothingMeasured } from './scenario.ts';

/** What one phase has measured so far. */
export interface PhaseRecord {
  readonly phase: Phase;
  readonly closed: ClosedSlice[];
  readonly open: OpenSlice[];
  readonly autocannon: AutocannonSlice[];
  warmUpMs: number;
  /** Rate of a phase that chooses it by capacity; 0 before its first slice. */
  perSecond: number;
  /** Calls a second in the best slice of this process's first closed loop of the workload. */
  capacity(): number;
  readonly search: Search;
}

export interface Records {
  of(phase: Phase): PhaseRecord;
  /** Everything that has been measured, in the order of its first slices. */
  measured(): Measured;
}

export function createRecords(lab: Lab, driver: 'lean' | 'client'): Records {
  const records = new Map<Phase, PhaseRecord>();
  const contextOf = ({ workload, rttMs, connections }: Phase): LoadContext => {
    const point = lab.link.points.find(({ askedMs }) => askedMs === rttMs);
    return {
      workload,
      rttMs,
      achievedRttMs: rttMs === 0 ? 0 : (point?.achievedMs ?? rttMs),
      connections,
    };
  };

  function capacityOf(workload: string): number {
    for (const { phase, closed } of records.values()) {
      if (phase.workload !== workload || phase.kind !== 'closed' || closed.length === 0) continue;
      // The best of its slices: code may still get faster, and others may come in between.
      return Math.max(...closed.map(({ loop }) => loop.perSecond));
    }
    throw new Error(`Expected a closed loop of ${workload} before a rate that depends on it.`);
  }

  function create(phase: Phase): PhaseRecord {
    let search: Search | undefined;
    return {
      phase,
      closed: [],
      open: [],
      autocannon: [],
      warmUpMs: 0,
      perSecond: 0,
      capacity: () => capacityOf(phase.workload),
      get search() {
        if (phase.kind !== 'search') throw new Error('Expected a phase that searches.');
        const capacity = capacityOf(phase.workload);
        search ??= createSearch(phase.objective, capacity * searchFrom, capacity * searchTo);
        return search;
      },
    };
  }

  function byAutocannon(phase: Phase, slices: readonly AutocannonSlice[]): ClosedLoopSample {
    return {
      ...loadOf(contextOf(phase), slices),
      driver: 'autocannon',
      inFlight: phase.connections,
      perSecond: slices.reduce((rates, { loop }) => rates + loop.perSecond, 0) / slices.length,
      drift: null,
      latency: null,
    };
  }

  return {
    of(phase) {
      const known = records.get(phase) ?? create(phase);
      records.set(phase, known);
      return known;
    },
    measured() {
      const all = [...records.values()];
      return {
        ...nothingMeasured,
        warmUpMs: all.reduce((ms, record) => ms + record.warmUpMs, 0),
        closed: all.flatMap(({ phase, closed, autocannon }) => {
          if (autocannon.length > 0) return byAutocannon(phase, autocannon);
          if (phase.kind !== 'closed' || closed.length === 0) return [];
          return closedSampleOf(contextOf(phase), phase, driver, closed);
        }),
        open: all.flatMap(({ phase, open, perSecond }) => {
          if (open.length === 0) return [];
          const context = contextOf(phase);
          if (phase.kind === 'open') {
            const { arrivals } = phase;
            const rate = { perSecond: phase.perSecond, share: null, arrivals, driver };
            return openSampleOf(context, rate, open);
          }
          if (phase.kind !== 'share') return [];
          const rate = { perSecond, share: phase.share, arrivals: 'poisson', driver } as const;
          return openSampleOf(context, rate, open);
        }),
        capacity: all.flatMap((record) =>
          record.phase.kind === 'search' ? record.search.sample(record.phase.workload) : [],
        ),
      };
    },
  };
}
