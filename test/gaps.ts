/**
 * Where the rooms differ on purpose. The contract suite skips exactly these and nothing else; a
 * gap that no longer exists makes it fail.
 */
export interface Gap {
  readonly subject: string;
  /** Operations that the wire does not carry, or `case:` and the name of a contract case. */
  readonly what: readonly string[];
  readonly reason: string;
}

export const gaps: readonly Gap[] = [
  {
    subject: 'sse',
    what: ['every operation but watchEvents'],
    reason: 'Server-sent events run one way: an EventSource can send nothing after its request.',
  },
];
