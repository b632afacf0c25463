import type { AddressOf } from './address.ts';
import type { AllowsOrigin } from './http/origin.ts';

/** Options of every room: what the server in front of the rooms knows of requests. */
export interface Front {
  readonly addressOf: AddressOf;
  readonly allowsOrigin: AllowsOrigin;
}

/** How a server disconnects its clients. */
export interface Drain {
  /**
   * How long connected clients may still send requests, milliseconds; each response is the last of
   * its connection.
   */
  readonly idleMs: number;
  /** How long running calls may take after that, milliseconds. */
  readonly callsMs: number;
}
