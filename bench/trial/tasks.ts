import type { Server as NullServer } from '../generator/calibration.ts';
import type { ClosedOrder } from '../generator/closed-order.ts';
import type { Generator } from '../generator/process.ts';
import type { Ceiling, Measured, StoreMeasurement } from '../result/result.ts';
import type { MachineReading, StepOrder, TrialSetup } from './scenario.ts';

/** What the load generator of a trial can be asked to do. */
export interface Tasks {
  /** Opens the trial of a contender, and proves that its results equal those of all others. */
  open(order: {
    readonly trial: string;
    readonly scenario: string;
    readonly setup: TrialSetup;
  }): Promise<void>;
  step(order: StepOrder & { readonly trial: string }): Promise<void>;
  /** @returns calls a second of the trial's closed loop of this workload; null without one */
  capacity(order: { readonly trial: string; readonly workload: string }): Promise<number | null>;
  /** Closes the trial. @returns everything that it measured */
  finish(order: {
    readonly trial: string;
    readonly machine: readonly MachineReading[];
  }): Promise<Measured>;
  /** @returns requests a second to a null server: how fast the machine is now */
  gauge(order: { readonly server: NullServer; readonly ms: number }): Promise<number>;
  /** Measures the ceiling of each driver against a server that does nothing. */
  calibrate(server: NullServer): Promise<readonly Ceiling[]>;
  /** @returns successful responses a second of one closed loop */
  closedLoop(order: ClosedOrder): Promise<number>;
  /** Measures the store, without a server, on a database in this folder. */
  store(folder: string): Promise<StoreMeasurement>;
}

export type LoadGenerator = Generator<Tasks>;
export type StartLoadGenerator = () => Promise<LoadGenerator>;
