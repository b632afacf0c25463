import { methods } from '../../wire/protobuf/methods.ts';
import type { ByteCounts } from './captures.ts';
import { createHeaderReader, type HeaderField } from './hpack.ts';
import { descriptorOf as descriptorNamed, messageLines } from './protobuf-lines.ts';
import { hexOf, own, type ShownLine, type ShownMessage } from './shown.ts';

/** gRPC: frames of HTTP/2 (RFC 9113 §6), headers, and messages with their prefix. */

const frameHeaderBytes = 9;
const prefixBytes = 5;
const frameNames: Readonly<Record<number, string>> = {
  0: 'DATA',
  1: 'HEADERS',
  3: 'RST_STREAM',
  9: 'CONTINUATION',
};
const endStream = 1;
const cancel = 8;

/** The names of gRPC's status codes, by number (grpc.io, "Status codes and their use"). */
const statusNames =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  );

/** What a method's messages are. */
type Descriptor = Parameters<typeof messageLines>[1];

const sizeOf = ({ length }: Uint8Array): string => `${length} B`.padStart(5);

const headerLine = ({ name, value, bytes }: HeaderField): ShownLine => {
  const size = sizeOf(bytes);
  return name === 'grpc-status'
    ? own(`${value} (${statusNames[Number(value)]})`, { name, hex: size })
    : own(value, { name, hex: size });
};

function headerLines(fields: readonly HeaderField[]): ShownLine[] {
  return fields.flatMap((field) => {
    if (field.name !== 'grpc-status-details-bin') return [headerLine(field)];
    const details = Buffer.from(field.value, 'base64');
    const status = descriptorNamed('google.rpc.Status');
    const text = `base64 of google.rpc.Status, ${details.length} bytes`;
    return [
      own(text, { name: field.name, hex: sizeOf(field.bytes) }),
      ...(status ? messageLines(details, status, 1) : []),
    ];
  });
}

/** The messages in a DATA frame, each after its prefix (gRPC over HTTP2, length-prefixed). */
function dataLines(payload: Buffer, descriptor: Descriptor): ShownLine[] {
  const lines: ShownLine[] = [];
  for (let at = 0; at + prefixBytes <= payload.length; ) {
    const length = payload.readUInt32BE(at + 1);
    const start = at + prefixBytes;
    const flag = payload[at] === 0 ? 'not compressed' : 'compressed';
    lines.push(own(`${flag}, ${length} bytes`, { hex: hexOf(payload.subarray(at, start)) }));
    at = start + length;
    lines.push(...messageLines(payload.subarray(start, at), descriptor));
  }
  return lines;
}

interface Side {
  readonly frames: readonly string[];
  readonly setupBytes: number;
  /** What the messages of a stream are. */
  readonly descriptorOf: (stream: number) => Descriptor | undefined;
}

export function http2Message({ frames, setupBytes, descriptorOf }: Side): ShownMessage {
  const read = createHeaderReader();
  const lines: ShownLine[] = [];
  let outcome: string | undefined;
  let bytes = 0;
  for (const hex of frames) {
    const frame = Buffer.from(hex, 'hex');
    bytes += frame.length;
    const type = frame[3] ?? 0;
    const stream = frame.readUInt32BE(5);
    const payload = frame.subarray(frameHeaderBytes);
    const flags = (frame[4] ?? 0) & endStream && type !== 3 ? ', END_STREAM' : '';
    const title = `stream ${stream}, ${frameHeaderBytes} + ${payload.length} bytes${flags}`;
    lines.push(own(title, { name: frameNames[type] ?? `frame ${type}` }));
    if (type === 1) {
      const fields = read(payload);
      lines.push(...headerLines(fields));
      const status = fields.find(({ name }) => name === 'grpc-status');
      if (status) outcome = `${status.value} ${statusNames[Number(status.value)]}`;
    } else if (type === 0) {
      const descriptor = descriptorOf(stream);
      if (descriptor) lines.push(...dataLines(payload, descriptor));
    } else if (payload.at(-1) === cancel) lines.push(own('CANCEL', { hex: hexOf(payload) }));
  }
  const notes = [`Not shown: ${setupBytes} bytes that set the connection up.`];
  return { bytes, lines, notes, ...(outcome !== undefined && { outcome }) };
}

/** Says what the call takes when the connection knows its headers. */
export const againNote = (again: ByteCounts | undefined, side: keyof ByteCounts): string[] =>
  again ? [`The same again on this connection: ${again[side]} bytes.`] : [];

/** The path of each stream that a client opened. */
export function pathsIn(frames: readonly string[]): ReadonlyMap<number, string> {
  const read = createHeaderReader();
  return new Map(
    frames
      .map((hex) => Buffer.from(hex, 'hex'))
      .filter((frame) => frame[3] === 1)
      .map((frame) => {
        const fields = read(frame.subarray(frameHeaderBytes));
        const path = fields.find(({ name }) => name === ':path')?.value ?? '';
        return [frame.readUInt32BE(5), path] as const;
      }),
  );
}

/** The messages of the method at a path. */
export function methodAt(path: string | undefined) {
  const method = Object.values(methods).find(({ definition }) => definition.path === path);
  if (!method) return undefined;
  const { requestType, responseType } = method.definition;
  return {
    // proto-loader's own type is less specific.
    request: requestType.type as Descriptor,
    response: responseType.type as Descriptor,
  };
}
