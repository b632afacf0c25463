/** Bytes one way and the other. */
export interface ByteCounts {
  readonly request: number;
  readonly response: number;
}

/** What went over a connection of HTTP/1.1, as text. */
interface TextCapture {
  readonly protocol: 'http1';
  readonly request: string;
  readonly response: string;
}

/** What went over a connection in frames, each hexadecimal. */
interface FrameCapture {
  readonly protocol: 'http2' | 'websocket';
  /** What set the connection up: HTTP/2's preface and settings, WebSocket's upgrade. */
  readonly setup: ByteCounts;
  readonly request: readonly string[];
  readonly response: readonly string[];
  /** HTTP/2 only: the same call once more on this connection, whose headers are then known. */
  readonly again?: ByteCounts;
}

/** One call on one wire. */
export type WireCapture = TextCapture | FrameCapture;

/** The calls of one operation: `ok` and error codes, then wires. */
export type OperationCaptures = Readonly<Record<string, Readonly<Record<string, WireCapture>>>>;
