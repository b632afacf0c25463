import type { ClosedLoopSample } from '../result/loads.ts';
import type { Measured } from '../result/result.ts';
import { median } from '../statistics/paired.ts';
import type { AutocannonStep } from './autocannon-step.ts';
import { type CapacitySearch, createCapacitySearch } from './capacity-search.ts';
import type { Load } from './load.ts';
import type { CallPhase } from './phases.ts';
import { closedSampleOf, type LoadContext, loadOf, openSampleOf } from './samples.ts';
import { type MachineReading, nothingMeasured, type TrialSetup } from './scenario.ts';
import type { ClosedStep, OpenStep } from './steps.ts';

/** What one phase has measured so far. */
export interface PhaseRecord {
  readonly load: Load;
  /** By their places, in the order of time: a step that is taken again replaces the one before. */
  readonly closed: Map<number, ClosedStep>;
  readonly open: Map<number, OpenStep>;
  readonly autocannon: AutocannonStep[];
  warmUpMs: number;
  /** Rate of an open loop: given, equal for all, or a share of capacity. 0 before a step. */
  perSecond: number;
  /** Calls a second in the median step of this process's first closed loop of the workload. */
  capacity(): number;
  readonly search: CapacitySearch;
}

export interface Records {
  of(phase: Pick<CallPhase, 'id' | 'load'>): PhaseRecord;
  /** Calls a second of the first closed loop of the workload; null without one. */
  capacity(workload: string): number | null;
  /** Everything that has been measured, in the order of its first steps. */
  measured(machine?: readonly MachineReading[]): Measured;
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

  function knownCapacity(workload: string): number | null {
    for (const { load, closed } of records.values()) {
      if (load.workload !== workload || load.kind !== 'closed' || closed.size === 0) continue;
      const sound = [...closed.values()].filter(({ loop }) => loop.failed === 0);
      if (sound.length === 0) return null;
      return median(sound.map(({ loop }) => loop.perSecond));
    }
    return null;
  }

  function capacityOf(workload: string): number {
    const known = knownCapacity(workload);
    if (known !== null) return known;
    throw new Error(`Expected a closed loop of ${workload} before a rate that depends on it.`);
  }

  function create(load: Load): PhaseRecord {
    let search: CapacitySearch | undefined;
    return {
      load,
      closed: new Map(),
      open: new Map(),
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

  return {
    of(phase) {
      const known = records.get(phase.id) ?? create(phase.load);
      records.set(phase.id, known);
      return known;
    },
    capacity: knownCapacity,
    measured(machine = []) {
      const all = [...records].map(([id, record]) => {
        const readings = machine.filter(({ phase }) => phase === id);
        const [closed, open] = [[...record.closed.values()], [...record.open.values()]];
        return { record, readings, closed, open };
      });
      return {
        ...nothingMeasured,
        warmUpMs: all.reduce((ms, { record }) => ms + record.warmUpMs, 0),
        closed: all.flatMap(({ record: { load, autocannon }, closed, readings }) => {
          if (autocannon.length > 0) return byAutocannon(contextOf(load), load, autocannon);
          if (load.kind !== 'closed' || closed.length === 0) return [];
          return closedSampleOf(contextOf(load), load, driver, closed, readings);
        }),
        open: all.flatMap(({ record: { load, perSecond }, open, readings }) => {
          if (open.length === 0) return [];
          const context = contextOf(load);
          if (load.kind === 'open') {
            const { arrivals } = load;
            const rate = { perSecond, share: null, arrivals, driver };
            return openSampleOf(context, rate, open, readings);
          }
          if (load.kind !== 'share') return [];
          const rate = { perSecond, share: load.share, arrivals: 'poisson', driver } as const;
          return openSampleOf(context, rate, open, readings);
        }),
        capacity: all.flatMap(({ record }) =>
          record.load.kind === 'search' ? record.search.sample(record.load.workload) : [],
        ),
      };
    },
  };
}

const byAutocannon = (
  context: LoadContext,
  { connections }: Load,
  steps: readonly AutocannonStep[],
): ClosedLoopSample => ({
  ...loadOf(context, steps),
  driver: 'autocannon',
  inFlight: connections,
  perSecond: steps.reduce((rates, { loop }) => rates + loop.perSecond, 0) / steps.length,
  drift: null,
  latency: null,
});
