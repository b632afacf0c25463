/** Frames of WebSocket, RFC 6455 §5.2. */
export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const maskBytes = 4;
const isMasked = 0x80;
const isFinal = 0x80;

function headerOf(code: number, length: number): Buffer {
  if (length < 126) return Buffer.from([isFinal | code, length]);
  if (length < 65536) return Buffer.from([isFinal | code, 126, length >> 8, length & 255]);
  const header = Buffer.alloc(10);
  header[0] = isFinal | code;
  header[1] = 127;
  header.writeUInt32BE(length, 6);
  return header;
}

/** A whole frame of a server. */
export const plainFrame = (code: number, payload: Uint8Array): Buffer =>
  Buffer.concat([headerOf(code, payload.length), payload]);

/** A whole frame of a client, masked. @returns it, and where its masked payload starts */
export function maskedFrame(
  code: number,
  payload: Uint8Array,
  mask: Uint8Array,
): { readonly bytes: Buffer; readonly start: number } {
  const header = headerOf(code, payload.length);
  header[1] = (header[1] ?? 0) | isMasked;
  const bytes = Buffer.concat([header, mask, payload]);
  const start = header.length + maskBytes;
  applyMask(bytes, start, payload.length, mask, 0);
  return { bytes, start };
}

/** Masks or unmasks a part of a payload. @param offset of the part in the payload */
export function applyMask(
  bytes: Buffer,
  start: number,
  length: number,
  mask: Uint8Array,
  offset: number,
): void {
  for (let index = 0; index < length; index += 1) {
    bytes[start + index] = (bytes[start + index] ?? 0) ^ (mask[(offset + index) & 3] ?? 0);
  }
}

interface FrameHead {
  readonly code: number;
  readonly isFinal: boolean;
  readonly isMasked: boolean;
  /** Where the payload starts, behind the mask if there is one, and ends. */
  readonly start: number;
  readonly end: number;
}

/** @returns undefined if the frame's head has not come as a whole; its payload may be missing */
export function readFrameHead(bytes: Buffer, at: number, end: number): FrameHead | undefined {
  if (end - at < 2) return undefined;
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  const short = second & 127;
  const extra = (short === 126 ? 2 : short === 127 ? 8 : 0) + (second & isMasked ? maskBytes : 0);
  const start = at + 2 + extra;
  if (start > end) return undefined;
  const length =
    short < 126
      ? short
      : short === 126
        ? bytes.readUInt16BE(at + 2)
        : Number(bytes.readBigUInt64BE(at + 2));
  return {
    code: first & 15,
    isFinal: (first & isFinal) !== 0,
    isMasked: (second & isMasked) !== 0,
    start,
    end: start + length,
  };
}
