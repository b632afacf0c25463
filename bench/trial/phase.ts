/** How a workload is loaded while a slice lasts. */
export type Phase = {
  /** The workload's name. */
  readonly workload: string;
  readonly connections: number;
  /** Round-trip time that the link adds; 0: no link in between. */
  readonly rttMs: number;
} & (
  | { readonly kind: 'warm-up'; readonly inFlight: number; readonly by?: 'autocannon' }
  | { readonly kind: 'closed'; readonly inFlight: number }
  | { readonly kind: 'autocannon' }
  | { readonly kind: 'open'; readonly perSecond: number; readonly arrivals: Arrivals }
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

/** A phase, and for how long. */
export interface Turn {
  readonly phase: Phase;
  readonly ms: number;
  readonly times: number;
  readonly once?: boolean;
}
