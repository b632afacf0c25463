/** Where a subject listens. Serialisable: the load generator gets it as a message. */
export interface Address {
  /** Null for a server that somebody else started without naming its process. */
  readonly pid: number | null;
  readonly host: string;
  /** API key of the calls. Defaults to the demo's. */
  readonly key?: string | undefined;
  /** Started by this run, and ended by it. */
  readonly ours: boolean;
  /** PEM of the authority that vouches for it over TLS. Clear text if omitted. */
  readonly ca?: string | undefined;
  readonly http?: number | undefined;
  readonly grpc?: number | undefined;
  readonly http2?: number | undefined;
  /** Whether it has counters at `/metrics`: the real server does, controls do not. */
  readonly counters: boolean;
}
