import type { ClosedLoopSample, Measured } from '../result/result.ts';
import type { AutocannonStep } from './autocannon-step.ts';
import { type CapacitySearch, createCapacitySearch } from './capacity-search.ts';
import type { Load } from './load.ts';
import type { CallPhase } from './phases.ts';
import { closedSampleOf, type LoadContext, loadOf, openSampleOf } from './samples.ts';
import { nothingMeasured, type TrialSetup } from './scenario.ts';
import type { ClosedStep, OpenStep } from './steps.ts';

/** What one phase has measured so far. */
export interface PhaseRecord {
  readonly load: Load;
  readonly closed: ClosedStep[];
  readonly open: OpenStep[];
  readonly autocannon: AutocannonStep[];
  warmUpMs: number;
  /** Rate of a phase that chooses it by capacity; 0 before its first step. */
  perSecond: number;
  /** Calls a second in the best step of this process's first closed loop of the workload. */
  capacity(): number;
  readonly search: CapacitySearch;
}

export interface Records {
  of(phase: Pick<CallPhase, 'id' | 'load'>): PhaseRecord;
  /** Everything that has been measured, in the order of its first steps. */
  measured(): Measured;
}

export function createRecords(setup: TrialSetup, driver: 'lean' | 'client'): Records {
  const records = new Map<string, PhaseRecord>();
  const contextOf = ({ workload, rttMs, connections }: Load): LoadContext => {
    const point = setup.link.points.find(({ askedMs }) => askedMs === rttMs);
    return {
      workload,
      rttMs,
      achievedRttMs: rttMs === 0 ? 0 : (point?.achievedMs ?? rttMs),
      connections,
    };
  };

  function capacityOf(workload: string): number {
    for (const { load, closed } of records.values()) {
      if (load.workload !== workload || load.kind !== 'closed' || closed.length === 0) continue;
      // The best of its steps: code may still get faster, and others may come in between.
      return Math.max(...closed.map(({ loop }) => loop.perSecond));
    }
    throw new Error(`Expected a closed loop of ${workload} before a rate that depends on it.`);
  }

  function create(load: Load): PhaseRecord {
    let search: CapacitySearch | undefined;
    return {
      load,
      closed: [],
      open: [],
      autocannon: [],
      warmUpMs: 0,
      perSecond: 0,
      capacity: () => capacityOf(load.workload),
      get search() {
        if (load.kind !== 'search') throw new Error('Expected a phase that searches.');
        search ??= createCapacitySearch(load.objective, capacityOf(load.workload));
        return search;
      },
    };
  }

  function byAutocannon(load: Load, steps: readonly AutocannonStep[]): ClosedLoopSample {
    return {
      ...loadOf(contextOf(load), steps),
      driver: 'autocannon',
      inFlight: load.connections,
      perSecond: steps.reduce((rates, { loop }) => rates + loop.perSecond, 0) / steps.length,
      drift: null,
      latency: null,
    };
  }

  return {
    of(phase) {
      const known = records.get(phase.id) ?? create(phase.load);
      records.set(phase.id, known);
      return known;
    },
    measured() {
      const all = [...records.values()];
      return {
        ...nothingMeasured,
        warmUpMs: all.reduce((ms, record) => ms + record.warmUpMs, 0),
        closed: all.flatMap(({ load, closed, autocannon }) => {
          if (autocannon.length > 0) return byAutocannon(load, autocannon);
          if (load.kind !== 'closed' || closed.length === 0) return [];
          return closedSampleOf(contextOf(load), load, driver, closed);
        }),
        open: all.flatMap(({ load, open, perSecond }) => {
          if (open.length === 0) return [];
          const context = contextOf(load);
          if (load.kind === 'open') {
            const { arrivals } = load;
            const rate = { perSecond: load.perSecond, share: null, arrivals, driver };
            return openSampleOf(context, rate, open);
          }
          if (load.kind !== 'share') return [];
          const rate = { perSecond, share: load.share, arrivals: 'poisson', driver } as const;
          return openSampleOf(context, rate, open);
        }),
        capacity: all.flatMap((record) =>
          record.load.kind === 'search' ? record.search.sample(record.load.workload) : [],
        ),
      };
    },
  };
}
