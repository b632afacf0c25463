import type { Core } from '../core/invoke.ts';
import type { AddressOf } from '../wire/address.ts';
import type { EventStreamOptions } from './event-stream.ts';
import type { Execution } from './execution.ts';

/** What an HTTP host of the room needs, Yoga or lean. */
export interface HttpHost {
  readonly core: Core;
  readonly execution: Execution;
  readonly addressOf: AddressOf;
  /** How long a client may take to read a response. */
  readonly readMs: number;
  /** How long the reader of an event stream may read nothing. */
  readonly blockedMs: number;
  readonly events: EventStreamOptions;
  /** Reports a failure that belongs to no request. */
  readonly report: (cause: unknown) => void;
  /** Whether introspection is allowed; tools are then served too. */
  readonly introspection: boolean;
}
