/** A request over HTTP/1.1 or HTTP/2, as it is sent again and again. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case, without those of the connection (`host`, `content-length` …). */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty without a body; with gRPC's five-byte prefix of a message. */
  readonly body: Uint8Array;
}

/** What a WebSocket client sends after it has connected, and then again and again. */
export interface FrameRequest {
  readonly path: string;
  readonly protocol: string;
  /** Sent once; the first frame of the server answers it. */
  readonly hello: string;
  /** The command; its `"id":"…"` is replaced by a free one. */
  readonly frame: string;
}

/** One answer, as a check gets it. Valid only until the check returns. */
export interface DriverReply {
  /** Of HTTP; of gRPC the number in `grpc-status`, −1 without one; 0 for a frame. */
  readonly status: number;
  /** The whole body, or the text of the frame. */
  readonly body: Uint8Array;
}

/** @param which the request that it answers, as for `callOf` */
export type ReplyCheck = (answer: DriverReply, which: number) => boolean;

/**
 * A client that does as little as can be done: requests are encoded once, answers are cut out of
 * the bytes and checked, nothing is decoded into objects. The same schedule and histogram drive
 * it as every other client.
 */
export interface Driver {
  /** One request and its answer. Rejects if the check refuses it or the connection is lost. */
  call(): Promise<void>;
  /** The same of one of several requests: 0 is `request`, 1 the first of `others`. */
  callOf(which: number): Promise<void>;
  close(): Promise<void>;
}

export interface DriverOptions<Request> {
  readonly host: string;
  readonly port: number;
  /** TLS with this certificate as the only authority. Clear text if omitted. */
  readonly ca?: string | undefined;
  readonly connections: number;
  readonly request: Request;
  /** More requests, which share the connections. Defaults to none. */
  readonly others?: readonly Request[] | undefined;
  /**
   * Text in the request that every call replaces by another of the same length: the idempotency
   * key that was in the request when it was captured. Not replaced if omitted.
   */
  readonly marker?: string | undefined;
  /** Whether this is the answer that was expected. Every answer is checked. */
  readonly check: ReplyCheck;
  /**
   * HTTP/1.1 only: a connection whose answer takes longer is given up, and opened again for the
   * next call: calls that are never answered would else take all connections with them. Waits for
   * ever if omitted. Where a connection takes several calls, nothing has to be given up.
   */
  readonly timeoutMs?: number | undefined;
}

/** All requests of a driver, in the order of their numbers. */
export const requestsOf = <Request>({
  request,
  others = [],
}: Pick<DriverOptions<Request>, 'request' | 'others'>): readonly Request[] => [request, ...others];

/** The request of this number. @throws Error if there is none */
export function numbered<Item>(items: readonly Item[], which: number): Item {
  const item = items[which];
  if (item === undefined) {
    throw new Error(`Expected the number of one of ${items.length} requests, got ${which}.`);
  }
  return item;
}
