import type { EqualRate } from '../result/result.ts';

/** A rate that every contender carries with room to spare: a share of the slowest's throughput. */
const shareOfSlowest = 0.5;
const steps = [7, 5, 3, 2, 1.5, 1] as const;

/** Rounds down to 1, 1.5, 2, 3, 5 or 7 times a power of ten, so that runs choose the same rate. */
export function roundedDown(rate: number): number {
  const power = 10 ** Math.floor(Math.log10(rate));
  const step = steps.find((one) => one * power <= rate * (1 + 1e-9)) ?? 1;
  return step * power;
}

export interface Capacity {
  readonly contender: string;
  /** Calls a second, closed loop; null if it has none. */
  readonly perSecond: number | null;
}

/** The rates that are equal for all contenders, chosen in the first round of each scenario. */
export interface Rates {
  readonly all: readonly EqualRate[];
  /**
   * Returns the rate, which the first call for a workload chooses.
   * @param capacities called only if the rate is not chosen yet
   * @throws Error if no contender showed a capacity
   */
  of(
    scenario: string,
    workload: string,
    capacities: () => Promise<readonly Capacity[]>,
  ): Promise<number>;
}

export function createRates(): Rates {
  const all: EqualRate[] = [];
  return {
    all,
    async of(scenario, workload, capacities) {
      const known = all.find((one) => one.scenario === scenario && one.workload === workload);
      if (known) return known.perSecond;
      const measured = (await capacities()).flatMap(({ contender, perSecond }) =>
        perSecond === null || perSecond <= 0 ? [] : [{ contender, perSecond }],
      );
      const [slowest] = measured.toSorted((a, b) => a.perSecond - b.perSecond);
      if (!slowest) throw new Error(`Expected the throughput of ${workload} before a rate of it.`);
      const perSecond = roundedDown(slowest.perSecond * shareOfSlowest);
      all.push({ scenario, workload, perSecond, slowest: slowest.contender });
      return perSecond;
    },
  };
}
