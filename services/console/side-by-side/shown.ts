/** What a page shows of bytes: lines, with what they are part of. */

export interface ShownLine {
  /** `own`: the protocol's framing and headers. `said`: what the call says, as on every wire. */
  readonly part: 'own' | 'said';
  /** Bytes as they are on the wire, hexadecimal, of what is not text. */
  readonly hex?: string;
  /** Of a header or a field. */
  readonly name?: string;
  readonly text: string;
  readonly depth?: number;
}

/** One side of a call. */
export interface ShownMessage {
  /** Of the call, without the connection's set-up. */
  readonly bytes: number;
  readonly lines: readonly ShownLine[];
  /** What the bytes do not say by themselves. */
  readonly notes: readonly string[];
  /** How it ended, in the words of this wire; only of responses. */
  readonly outcome?: string;
}

const hexShownBytes = 8;

/** Bytes for reading, cut where they are many. */
export function hexOf(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, hexShownBytes)).toString('hex');
  return bytes.length > hexShownBytes ? `${shown}…` : shown;
}

export const own = (text: string, more: Partial<ShownLine> = {}): ShownLine => ({
  part: 'own',
  text,
  ...more,
});

export const said = (text: string, more: Partial<ShownLine> = {}): ShownLine => ({
  part: 'said',
  text,
  ...more,
});
