/** Bytes of TCP payload in each direction, and connections. */
export interface LinkCount {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly connections: number;
}

export const countedBetween = (before: LinkCount, after: LinkCount): LinkCount => ({
  sentBytes: after.sentBytes - before.sentBytes,
  receivedBytes: after.receivedBytes - before.receivedBytes,
  connections: after.connections - before.connections,
});
