import type { HttpRequest } from '../driver.ts';
import type { Marker } from '../marker.ts';
import { defaults, encodeFrame, flag, frameHeaderBytes, frameType, writeNumber } from './frames.ts';
import { encodeRequestHeaders, type HeaderField } from './hpack.ts';

/** A request as frames, for any stream: HEADERS, and one DATA for a body. */
export interface EncodedRequest {
  readonly bytes: Buffer;
  /** Where the body's frame starts; the whole length without a body. */
  readonly dataStart: number;
  /** Where the marker is. */
  readonly places: readonly number[];
}

const fieldsOf = (request: HttpRequest, scheme: string, authority: string): HeaderField[] => [
  [':method', request.method],
  [':scheme', scheme],
  [':authority', authority],
  [':path', request.path],
  ...Object.entries(request.headers),
];

/**
 * Encodes a request for one connection: the first one, and all that follow it.
 * @throws Error if the headers do not fit into one frame
 */
export function encodeRequests(
  request: HttpRequest,
  to: { readonly scheme: string; readonly authority: string; readonly tableBytes: number },
  marker: Marker,
  markerText: string | undefined,
): { readonly first: EncodedRequest; readonly later: EncodedRequest } {
  const fields = fieldsOf(request, to.scheme, to.authority);
  const blocks = encodeRequestHeaders(fields, markerText, to.tableBytes);
  const { body } = request;
  const encode = (block: Buffer): EncodedRequest => {
    if (block.length > defaults.maxFrameBytes) {
      throw new Error(
        `Expected headers of at most ${defaults.maxFrameBytes} bytes, got ${block.length}.`,
      );
    }
    const hasBody = body.length > 0;
    const flags = flag.endHeaders | (hasBody ? 0 : flag.endStream);
    const headers = encodeFrame(frameType.headers, flags, 0, block);
    const data = hasBody ? [encodeFrame(frameType.data, flag.endStream, 0, body)] : [];
    const bytes = Buffer.concat([headers, ...data]);
    return { bytes, dataStart: headers.length, places: marker.placesIn(bytes) };
  };
  return { first: encode(blocks.first), later: encode(blocks.later) };
}

const idOffset = 5;

/** Writes a stream's id into the frames of a request that start at `at`. */
export function writeStream(
  bytes: Buffer,
  at: number,
  { dataStart, bytes: all }: EncodedRequest,
  id: number,
): void {
  writeNumber(bytes, at + idOffset, id);
  if (all.length > dataStart) writeNumber(bytes, at + dataStart + idOffset, id);
}

/** The body of a request, as it is in these bytes. */
export const bodyIn = (bytes: Buffer, { dataStart }: EncodedRequest): Buffer =>
  bytes.subarray(dataStart + frameHeaderBytes);
