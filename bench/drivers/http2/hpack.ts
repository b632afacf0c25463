import { defaults } from './frames.ts';

/** The little of RFC 7541 that a client needs who sends one request again and again. */

export type HeaderField = readonly [name: string, value: string];

/** Entries of the static table (appendix A) that requests use, by name or by name and value. */
const staticIndexes: Readonly<Record<string, number>> = {
  ':authority': 1,
  ':method': 2,
  ':method GET': 2,
  ':method POST': 3,
  ':path': 4,
  ':scheme': 6,
  ':scheme http': 6,
  ':scheme https': 7,
  accept: 19,
  'accept-encoding': 16,
  'accept-language': 17,
  authorization: 23,
  'content-length': 28,
  'content-type': 31,
  cookie: 32,
  'if-none-match': 41,
  'user-agent': 58,
};
const firstDynamicIndex = 62;
const entryOverheadBytes = 32;

/** What nghttp2, and so most clients, never put into the table: it would change too often. */
const neverKept = new Set([':path', 'content-length', 'if-none-match']);
/** What they mark as never to be put into any table. */
const sensitive = new Set(['authorization']);

// §6: the bits before an index, and how many are left for it.
const indexed = { bits: 0x80, prefix: 7 };
const literalKept = { bits: 0x40, prefix: 6 };
const literalNotKept = { bits: 0, prefix: 4 };
const literalNever = { bits: 0x10, prefix: 4 };
type Form = typeof indexed;

/** §5.1 */
function encodeInteger(number: number, { bits, prefix }: Form): number[] {
  const most = (1 << prefix) - 1;
  if (number < most) return [bits | number];
  const bytes = [bits | most];
  let rest = number - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

const encodeText = (text: string): number[] => {
  const bytes = Buffer.from(text, 'latin1');
  return [...encodeInteger(bytes.length, { bits: 0, prefix: 7 }), ...bytes];
};

function encodeLiteral([name, value]: HeaderField, form: Form): number[] {
  const index = staticIndexes[name];
  const named = index === undefined ? [form.bits, ...encodeText(name)] : encodeInteger(index, form);
  return [...named, ...encodeText(value)];
}

interface HeaderBlocks {
  /** Fills the table of the connection. */
  readonly first: Buffer;
  /** Says the same with what is then in the table. */
  readonly later: Buffer;
}

/**
 * Encodes the fields of a request: for the first one of a connection, and for all that follow.
 * Texts are not compressed by Huffman's code.
 *
 * @param shared those that every request of the connection has: no other is put into the table
 * @param marker a value that has this in it is not put into the table: it differs every time
 * @param peerTableBytes the peer's SETTINGS_HEADER_TABLE_SIZE; if it is less than usual, no
 *   table is used, and the first block says so (§6.3)
 */
export function encodeRequestHeaders(
  fields: readonly HeaderField[],
  shared: ReadonlySet<HeaderField>,
  marker: string | undefined,
  peerTableBytes: number,
): HeaderBlocks {
  const hasTable = peerTableBytes >= defaults.tableBytes;
  let room = hasTable ? defaults.tableBytes : 0;
  const isKept = (field: HeaderField) => {
    const [name, value] = field;
    if (!shared.has(field)) return false;
    if (neverKept.has(name) || sensitive.has(name)) return false;
    if (marker !== undefined && value.includes(marker)) return false;
    const size = name.length + value.length + entryOverheadBytes;
    if (size > room) return false;
    room -= size;
    return true;
  };
  const isStatic = ([name, value]: HeaderField) => staticIndexes[`${name} ${value}`] !== undefined;
  const kept = fields.filter((field) => !isStatic(field) && isKept(field));
  const encode = (isFirst: boolean) => (field: HeaderField) => {
    const known = staticIndexes[`${field[0]} ${field[1]}`];
    if (known !== undefined) return encodeInteger(known, indexed);
    const place = kept.indexOf(field);
    if (place < 0)
      return encodeLiteral(field, sensitive.has(field[0]) ? literalNever : literalNotKept);
    if (isFirst) return encodeLiteral(field, literalKept);
    // The newest entry has the first index.
    return encodeInteger(firstDynamicIndex + kept.length - 1 - place, indexed);
  };
  const noTable = hasTable ? [] : [0x20];
  return {
    first: Buffer.from([...noTable, ...fields.flatMap(encode(true))]),
    later: Buffer.from(fields.flatMap(encode(false))),
  };
}

/** Of Huffman's code (appendix B) what the name `grpc-status` needs. */
const huffman: Readonly<Record<string, string>> = {
  g: '100110',
  r: '101100',
  p: '101011',
  c: '00100',
  '-': '010110',
  s: '01000',
  t: '01001',
  a: '00011',
  u: '101101',
};

const grpcStatus = Buffer.from('grpc-status');
const grpcStatusBits = [...'grpc-status'].map((letter) => huffman[letter]).join('');
const grpcStatusHuffman = Buffer.from(
  (grpcStatusBits.padEnd(64, '1').match(/.{8}/g) ?? []).map((bits) => Number.parseInt(bits, 2)),
);

/** Entries 8 to 14 of the static table are statuses. */
const firstStatusIndex = 8;
const staticStatuses = [200, 204, 206, 304, 400, 404, 500];

/** Where a walk through a block is; one for all walks, which never overlap. */
const cursor = { at: 0 };

function readInteger(bytes: Uint8Array, prefix: number): number {
  const most = (1 << prefix) - 1;
  let number = (bytes[cursor.at++] ?? 0) & most;
  if (number < most) return number;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = bytes[cursor.at++] ?? 0;
    number += (byte & 127) << shift;
    if (byte < 128) break;
  }
  return number;
}

function isText(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[at + index] !== text[index]) return false;
  }
  return true;
}

/** Decimal digits in Huffman's code: 0 to 2 take five bits, 3 to 9 six. */
function huffmanNumber(bytes: Uint8Array, start: number, end: number): number {
  const bits = (end - start) * 8;
  const bitAt = (at: number) => ((bytes[start + (at >> 3)] ?? 0) >> (7 - (at & 7))) & 1;
  let number = 0;
  for (let at = 0; at + 5 <= bits; ) {
    let code = 0;
    for (const last = at + 5; at < last; at += 1) code = code * 2 + bitAt(at);
    // The end is filled with ones.
    if (code === 31) break;
    const digit = code <= 2 ? code : code * 2 + bitAt(at++) - 22;
    number = number * 10 + digit;
  }
  return number;
}

/** Reads the value at the cursor and passes over it. */
function readNumber(bytes: Uint8Array): number {
  const isHuffman = (bytes[cursor.at] ?? 0) >= 128;
  const length = readInteger(bytes, 7);
  const start = cursor.at;
  cursor.at += length;
  if (isHuffman) return huffmanNumber(bytes, start, cursor.at);
  let number = 0;
  for (let at = start; at < cursor.at; at += 1) number = number * 10 + (bytes[at] ?? 0) - 48;
  return number;
}

/** Reads the name at the cursor and passes over it. */
function readIsGrpcStatus(bytes: Uint8Array): boolean {
  const isHuffman = (bytes[cursor.at] ?? 0) >= 128;
  const length = readInteger(bytes, 7);
  const start = cursor.at;
  cursor.at += length;
  const name = isHuffman ? grpcStatusHuffman : grpcStatus;
  return length === name.length && isText(bytes, start, name);
}

/**
 * Walks through the fields of a block, which must have been encoded without a dynamic table, for
 * the number in `:status` or `grpc-status`. No other field is decoded.
 *
 * @returns −1 if not found
 * @throws Error if the block refers to a dynamic table
 */
export function findStatus(
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: ':status' | 'grpc-status',
): number {
  cursor.at = start;
  while (cursor.at < end) {
    const first = bytes[cursor.at] ?? 0;
    // §6.3, a change of the table's size.
    if ((first & 0xe0) === 0x20) readInteger(bytes, 5);
    else {
      const isIndexed = first >= 128;
      const index = readInteger(bytes, isIndexed ? 7 : first >= 64 ? 6 : 4);
      if (index >= firstDynamicIndex) {
        throw new Error(`Expected headers without a dynamic table, got an entry of it: ${index}.`);
      }
      const status = staticStatuses[index - firstStatusIndex];
      if (isIndexed) {
        if (status !== undefined && wanted === ':status') return status;
        continue;
      }
      const isWanted =
        index === 0
          ? readIsGrpcStatus(bytes) && wanted === 'grpc-status'
          : status !== undefined && wanted === ':status';
      if (isWanted) return readNumber(bytes);
      const length = readInteger(bytes, 7);
      cursor.at += length;
    }
  }
  return -1;
}
