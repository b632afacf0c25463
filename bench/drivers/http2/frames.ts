import { createHeldBytes } from '../held-bytes.ts';

/** Frames of HTTP/2, RFC 9113 §4.1 and §6. */
export const frameType = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flag = { ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

export const setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
} as const;

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const frameHeaderBytes = 9;
/** Limits of a peer whose settings do not name others. */
export const defaults = { maxFrameBytes: 16_384, windowBytes: 65_535, tableBytes: 4096 } as const;

/** Writes the nine bytes before a payload. */
export function writeFrameHeader(
  bytes: Uint8Array,
  at: number,
  length: number,
  type: number,
  flags: number,
  stream: number,
): void {
  bytes[at] = length >>> 16;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length;
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  writeNumber(bytes, at + 5, stream);
}

/** Four bytes, the first one first. */
export function writeNumber(bytes: Uint8Array, at: number, number: number): void {
  bytes[at] = number >>> 24;
  bytes[at + 1] = number >>> 16;
  bytes[at + 2] = number >>> 8;
  bytes[at + 3] = number;
}

export function encodeFrame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array,
): Buffer {
  const bytes = Buffer.alloc(frameHeaderBytes + payload.length);
  writeFrameHeader(bytes, 0, payload.length, type, flags, stream);
  bytes.set(payload, frameHeaderBytes);
  return bytes;
}

export function encodeSettings(values: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(6 * values.length);
  for (const [index, [name, value]] of values.entries()) {
    payload.writeUInt16BE(name, 6 * index);
    payload.writeUInt32BE(value, 6 * index + 2);
  }
  return encodeFrame(frameType.settings, 0, 0, payload);
}

export function encodeWindowUpdate(stream: number, increment: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(increment);
  return encodeFrame(frameType.windowUpdate, 0, stream, payload);
}

/** A frame whose payload is `bytes` from `start` to `end`; valid until this returns. */
export type OnFrame = (
  type: number,
  flags: number,
  stream: number,
  bytes: Buffer,
  start: number,
  end: number,
) => void;

/** Cuts frames out of what comes on one connection. @returns what to call with new bytes */
export function createFrameReader(onFrame: OnFrame): (fresh: Buffer, length: number) => void {
  const held = createHeldBytes();
  return (fresh, length) => {
    const isHeld = held.length > 0;
    const bytes = isHeld ? held.add(fresh, 0, length) : fresh;
    const end = isHeld ? held.length : length;
    let at = 0;
    while (end - at >= frameHeaderBytes) {
      const size = bytes.readUIntBE(at, 3);
      const start = at + frameHeaderBytes;
      if (start + size > end) break;
      const stream = bytes.readUInt32BE(at + 5) & 0x7fffffff;
      at = start + size;
      onFrame(bytes[start - 6] ?? 0, bytes[start - 5] ?? 0, stream, bytes, start, at);
    }
    if (isHeld) held.drop(at);
    else if (at < end) held.add(fresh, at, end);
  };
}
