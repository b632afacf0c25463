import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Drain } from './front.ts';

/** Takes over a connection that asked for another protocol. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** The path of a room on the HTTP port. */
export interface HttpRoute {
  /** Defaults to every path without another route. */
  readonly path?: string;
  /** Whether a request to `path` is for this room. Defaults to every request. */
  readonly takes?: (request: IncomingMessage) => boolean;
  /** If omitted, the path is only for upgrades. */
  readonly listener?: RequestListener;
  readonly upgrade?: Upgrade;
}

/** A wire that is open, as its room's `open` returns it. */
export interface OpenRoom {
  readonly routes?: readonly HttpRoute[];
  /** The port that a wire listens on by itself, if it does. */
  readonly port?: number;
  /** Ends every stream and connection, after the running calls. */
  close(drain: Drain): Promise<void>;
}
