import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Drain } from './front.ts';

/** What takes over a connection that asked for another protocol. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Where a room is found on the HTTP port. */
export interface HttpRoute {
  /** Every path that no other route has, if omitted. */
  readonly path?: string;
  /** Whether a request to `path` is for this room. Every one is, if omitted. */
  readonly takes?: (request: IncomingMessage) => boolean;
  /** If omitted, the path is for upgrades alone. */
  readonly listener?: RequestListener;
  readonly upgrade?: Upgrade;
}

/** A wire that is open, as its room's `open` returns it. */
export interface OpenRoom {
  readonly routes?: readonly HttpRoute[];
  /** The port that a wire listens on by itself, if it does. */
  readonly port?: number;
  /** Ends every stream and connection, after the calls that run. */
  close(drain: Drain): Promise<void>;
}
