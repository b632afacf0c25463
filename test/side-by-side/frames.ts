import type { ByteCounts, WireCapture } from '../../services/console/side-by-side/captures.ts';
import { withDate } from './still.ts';
import type { Tapped } from './tap.ts';

/** Cuts what went over a connection into what a capture keeps. */

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const endOfHead = Buffer.from('\r\n\r\n');
const frameHeaderBytes = 9;
/** DATA, HEADERS, RST_STREAM, CONTINUATION: what a call consists of. */
const typesOfCalls = new Set([0, 1, 3, 9]);

interface Frame {
  readonly stream: number;
  readonly bytes: Buffer;
  readonly isOfCall: boolean;
}

function http2Frames(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = bytes.indexOf(preface) === 0 ? preface.length : 0; at < bytes.length; ) {
    const end = at + frameHeaderBytes + bytes.readUIntBE(at, 3);
    const stream = bytes.readUInt32BE(at + 5) & 0x7fffffff;
    const isOfCall = stream > 0 && typesOfCalls.has(bytes[at + 3] ?? -1);
    frames.push({ stream, bytes: bytes.subarray(at, end), isOfCall });
    at = end;
  }
  return frames;
}

const sizeOf = (frames: readonly Frame[]): number =>
  frames.reduce((sum, { bytes }) => sum + bytes.length, 0);

/** @param lastStream of the first call; later streams are the call repeated */
export function http2Capture({ request, response }: Tapped, lastStream: number): WireCapture {
  const sides = { request: http2Frames(request), response: http2Frames(response) };
  const counts = (count: (frames: readonly Frame[]) => number): ByteCounts => ({
    request: count(sides.request),
    response: count(sides.response),
  });
  const shown = (frames: readonly Frame[]) =>
    frames
      .filter(({ isOfCall, stream }) => isOfCall && stream <= lastStream)
      .map(({ bytes }) => bytes.toString('hex'));
  const again = counts((frames) =>
    sizeOf(frames.filter(({ isOfCall, stream }) => isOfCall && stream > lastStream)),
  );
  const ofCalls = counts((frames) => sizeOf(frames.filter(({ isOfCall }) => isOfCall)));
  return {
    protocol: 'http2',
    setup: {
      request: request.length - ofCalls.request,
      response: response.length - ofCalls.response,
    },
    request: shown(sides.request),
    response: shown(sides.response),
    ...(again.request > 0 && { again }),
  };
}

export const lastStreamOf = ({ request }: Tapped): number =>
  Math.max(0, ...http2Frames(request).map(({ stream }) => stream));

/** RFC 6455 §5.2. */
function websocketFrames(bytes: Buffer): string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const second = bytes[at + 1] ?? 0;
    const short = second & 127;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const length = lengthBytes === 2 ? bytes.readUInt16BE(at + 2) : short;
    const end = at + 2 + lengthBytes + (second >= 128 ? 4 : 0) + length;
    frames.push(bytes.subarray(at, end).toString('hex'));
    at = end;
  }
  return frames;
}

export function websocketCapture({ request, response }: Tapped): WireCapture {
  const cut = (bytes: Buffer) => bytes.indexOf(endOfHead) + endOfHead.length;
  return {
    protocol: 'websocket',
    setup: { request: cut(request), response: cut(response) },
    request: websocketFrames(request.subarray(cut(request))),
    response: websocketFrames(response.subarray(cut(response))),
  };
}

export const textCapture = ({ request, response }: Tapped): WireCapture => ({
  protocol: 'http1',
  request: request.toString(),
  response: withDate(response.toString()),
});
