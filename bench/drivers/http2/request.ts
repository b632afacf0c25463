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

/** A request for one connection: as its first one, and as one that follows. */
export interface EncodedForms {
  readonly first: EncodedRequest;
  readonly later: EncodedRequest;
}

interface ConnectionFields {
  readonly scheme: string;
  readonly authority: string;
  readonly tableBytes: number;
}

/**
 * Encodes the requests of one connection. Whichever is the first fills the header table, so only
 * fields that all have alike go there, in one order.
 * @throws Error if the headers of one do not fit into one frame
 */
export function encodeRequests(
  requests: readonly HttpRequest[],
  to: ConnectionFields,
  marker: Marker,
  markerText: string | undefined,
): readonly EncodedForms[] {
  const all = requests.map((request) => fieldsOf(request, to.scheme, to.authority));
  const values = all.map((fields) => new Map(fields));
  const shared = (all[0] ?? []).filter(([name, value]) =>
    values.every((fields) => fields.get(name) === value),
  );
  return requests.map((request, at) => {
    const own = (all[at] ?? []).filter(
      ([name, value]) => !shared.some((field) => field[0] === name && field[1] === value),
    );
    // Fields of the protocol come first (RFC 9113 §8.3).
    const isPseudo = ([name]: HeaderField) => name.startsWith(':');
    const fields = [...shared, ...own].toSorted(
      (a, b) => Number(isPseudo(b)) - Number(isPseudo(a)),
    );
    const blocks = encodeRequestHeaders(fields, new Set(shared), markerText, to.tableBytes);
    return encodeForms(request.body, blocks, marker);
  });
}

function encodeForms(
  body: Uint8Array,
  blocks: ReturnType<typeof encodeRequestHeaders>,
  marker: Marker,
): EncodedForms {
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
