/** Reads header blocks of HTTP/2 (RFC 7541). */

export interface HeaderField {
  readonly name: string;
  readonly value: string;
  /** As it is on the wire. */
  readonly bytes: Uint8Array;
}

/** Appendix A. */
const staticTable: readonly (readonly [name: string, value: string])[] = [
  ...(
    ':authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|' +
    ':status 200|:status 204|:status 206|:status 304|:status 400|:status 404|:status 500|' +
    'accept-charset|accept-encoding gzip, deflate|accept-language|accept-ranges|accept|' +
    'access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|' +
    'content-encoding|content-language|content-length|content-location|content-range|' +
    'content-type|cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|' +
    'if-none-match|if-range|if-unmodified-since|last-modified|link|location|max-forwards|' +
    'proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|' +
    'strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate'
  )
    .split('|')
    .map((row) => {
      const [, name = row, value = ''] = /^(\S+) (.*)$/.exec(row) ?? [];
      return [name, value] as const;
    }),
];

/** How many bits each of the characters 32 to 126 takes (appendix B). */
const bitsFrom32 =
  '6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10 13 6 7 7 7 7 7 7 7 7 ' +
  '7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6 15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 ' +
  '7 7 7 7 15 11 14 13';

/** Huffman's codes by their bits. The code is canonical: by length, then by character. */
const characters: ReadonlyMap<string, string> = (() => {
  const codes = new Map<string, string>();
  const sorted = bitsFrom32
    .split(' ')
    .map((bits, at) => ({ bits: Number(bits), character: String.fromCharCode(32 + at) }))
    .sort((a, b) => a.bits - b.bits);
  let code = 0;
  let length = 0;
  for (const { bits, character } of sorted) {
    code *= 2 ** (bits - length);
    length = bits;
    codes.set(code.toString(2).padStart(bits, '0'), character);
    code += 1;
  }
  return codes;
})();

function huffmanText(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let text = '';
  let code = '';
  for (const bit of bits) {
    code += bit;
    const character = characters.get(code);
    if (character === undefined) continue;
    text += character;
    code = '';
  }
  return text;
}

/** §5.1: an integer after a prefix of some bits. */
function integerAt(bytes: Uint8Array, at: number, prefix: number): { value: number; end: number } {
  const most = (1 << prefix) - 1;
  const value = (bytes[at] ?? 0) & most;
  if (value < most) return { value, end: at + 1 };
  let sum = most;
  let end = at + 1;
  for (let shift = 0; ; shift += 7, end += 1) {
    const byte = bytes[end] ?? 0;
    sum += (byte & 127) << shift;
    if (byte < 128) return { value: sum, end: end + 1 };
  }
}

function textAt(bytes: Uint8Array, at: number): { text: string; end: number } {
  const { value: length, end: start } = integerAt(bytes, at, 7);
  const end = start + length;
  const raw = bytes.subarray(start, end);
  const isHuffman = (bytes[at] ?? 0) >= 128;
  return { text: isHuffman ? huffmanText(raw) : Buffer.from(raw).toString('latin1'), end };
}

/** @returns a reader of the blocks of one direction of a connection, in their order */
export function createHeaderReader(): (block: Uint8Array) => HeaderField[] {
  const dynamic: (readonly [string, string])[] = [];
  const entryAt = (index: number) =>
    staticTable[index - 1] ?? dynamic[index - 1 - staticTable.length] ?? (['?', '?'] as const);

  return (block) => {
    const fields: HeaderField[] = [];
    for (let at = 0; at < block.length; ) {
      const first = block[at] ?? 0;
      const start = at;
      // §6.3, a change of the table's size.
      if ((first & 0xe0) === 0x20) {
        at = integerAt(block, at, 5).end;
        continue;
      }
      const isIndexed = first >= 128;
      const isKept = !isIndexed && first >= 64;
      const { value: index, end } = integerAt(block, at, isIndexed ? 7 : isKept ? 6 : 4);
      let [name, value] = index === 0 ? (['', ''] as const) : entryAt(index);
      at = end;
      if (!isIndexed) {
        if (index === 0) ({ text: name, end: at } = textAt(block, at));
        ({ text: value, end: at } = textAt(block, at));
        if (isKept) dynamic.unshift([name, value]);
      }
      fields.push({ name, value, bytes: block.subarray(start, at) });
    }
    return fields;
  };
}
