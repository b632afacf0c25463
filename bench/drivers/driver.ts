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

/**
 * A client that does as little as can be done: requests are encoded once, answers are cut out of
 * the bytes and checked, nothing is decoded into objects. The same schedule and histogram drive
 * it as every other client.
 */
export interface Driver {
  /** One request and its answer. Rejects if the check refuses it or the connection is lost. */
  call(): Promise<void>;
  close(): Promise<void>;
}

export interface DriverOptions<Request> {
  readonly host: string;
  readonly port: number;
  /** TLS with this certificate as the only authority. Clear text if omitted. */
  readonly ca?: string | undefined;
  readonly connections: number;
  readonly request: Request;
  /**
   * Text in the request that every call replaces by another of the same length: the idempotency
   * key that was in the request when it was captured. Not replaced if omitted.
   */
  readonly marker?: string | undefined;
  /** Whether this is the answer that was expected. Every answer is checked. */
  readonly check: (answer: DriverReply) => boolean;
  /**
   * HTTP/1.1 only: a connection whose answer takes longer is given up, and opened again for the
   * next call: calls that are never answered would else take all connections with them. Waits for
   * ever if omitted. Where a connection takes several calls, nothing has to be given up.
   */
  readonly timeoutMs?: number | undefined;
}
