import type { Server as NullServer } from '../generator/calibration.ts';
import type { ClosedOrder } from '../generator/closed-slice.ts';
import type { Generator } from '../generator/process.ts';
import type { Ceiling, Measured, StoreMeasurement } from '../result/result.ts';
import type { Lab, Slice } from './scenario.ts';

/** What the load generator of a trial can be asked to do. */
export interface Tasks {
  /** Opens the session of a contender, which has to give the answers that all give. */
  open(order: {
    readonly session: string;
    readonly scenario: string;
    readonly lab: Lab;
  }): Promise<void>;
  take(order: { readonly session: string; readonly slice: Slice }): Promise<void>;
  /** Closes the session. @returns everything that it measured */
  finish(session: string): Promise<Measured>;
  /** Measures what each driver can do against a server that does nothing. */
  calibrate(server: NullServer): Promise<readonly Ceiling[]>;
  /** @returns good answers a second of one closed loop */
  closedLoop(order: ClosedOrder): Promise<number>;
  /** Measures the store, without a server, on a database in this folder. */
  store(folder: string): Promise<StoreMeasurement>;
}

export type LoadGenerator = Generator<Tasks>;
export type StartLoadGenerator = () => Promise<LoadGenerator>;
