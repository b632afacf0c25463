/** How a workload is loaded while a phase lasts. */
export type Load = {
  /** The workload's name. */
  readonly workload: string;
  readonly connections: number;
  /** Round-trip time that the link adds. At 0 there is no link in between. */
  readonly rttMs: number;
} & (
  | {
      readonly kind: 'warm-up';
      readonly inFlight: number;
      readonly by?: 'autocannon';
      /** Each contender by itself, on its own core. */
      readonly isAlone?: true;
    }
  | { readonly kind: 'closed'; readonly inFlight: number }
  | { readonly kind: 'autocannon' }
  /** Calls a second, the same for all contenders. Null means half of what the slowest can do. */
  | { readonly kind: 'open'; readonly perSecond: number | null; readonly arrivals: Arrivals }
  /** Open loop at a share of the capacity that this process showed in its closed loop. */
  | { readonly kind: 'share'; readonly share: number }
  /** One step of the search for the highest rate that meets the objective. */
  | { readonly kind: 'search'; readonly objective: Objective }
);

export type Arrivals = 'poisson' | 'uniform';

export interface Objective {
  /** 0.99 for p99. */
  readonly quantile: number;
  readonly ms: number;
}
