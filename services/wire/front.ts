import type { AddressOf } from './address.ts';
import type { AllowsOrigin } from './origin.ts';

/** What the server in front of the rooms knows of requests, and every room gets as options. */
export interface Front {
  readonly addressOf: AddressOf;
  readonly allowsOrigin: AllowsOrigin;
}
