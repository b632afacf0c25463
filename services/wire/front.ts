import type { AddressOf } from './address.ts';
import type { AllowsOrigin } from './http/origin.ts';

/** What the server in front of the rooms knows of requests, and every room gets as options. */
export interface Front {
  readonly addressOf: AddressOf;
  readonly allowsOrigin: AllowsOrigin;
}

/** How a server parts with its clients. */
export interface Drain {
  /**
   * How long clients that are connected may still send requests, milliseconds; each is answered as
   * the last of its connection.
   */
  readonly idleMs: number;
  /** How long calls under way may take after that, milliseconds. */
  readonly callsMs: number;
}
