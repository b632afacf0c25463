/** An answer in the bytes of a connection, RFC 9112. */
export interface Http1Answer {
  readonly status: number;
  readonly body: Buffer;
  /** Where the next answer starts. */
  readonly end: number;
  /** Whether the server ends the connection with it. */
  readonly isLast: boolean;
}

const lf = 10;
const space = 32;
const lowercase = 0x20;
const [letterC, letterT] = Buffer.from('ct');
const none = Buffer.alloc(0);

interface Head {
  readonly status: number;
  readonly bodyStart: number;
  readonly contentLength: number | undefined;
  readonly isChunked: boolean;
  readonly isLast: boolean;
}

function numberAt(bytes: Buffer, at: number): number {
  let number = 0;
  for (let byte = bytes[at] ?? 0; byte >= 48 && byte <= 57; byte = bytes[++at] ?? 0) {
    number = number * 10 + byte - 48;
  }
  return number;
}

/** @returns undefined if the head has not come as a whole */
function readHead(bytes: Buffer, start: number, end: number): Head | undefined {
  let contentLength: number | undefined;
  let isChunked = false;
  // "HTTP/1.0 …" differs in this byte.
  let isLast = bytes[start + 7] === 48;
  let line = start;
  for (let at = start; at < end; at += 1) {
    if (bytes[at] !== lf) continue;
    const isBlank = at - line <= 1;
    if (isBlank) {
      const status = numberAt(bytes, start + 9);
      return { status, bodyStart: at + 1, contentLength, isChunked, isLast };
    }
    const first = (bytes[line] ?? 0) | lowercase;
    // The three fields that matter start with these; no other is made a string of.
    if (first === letterC || first === letterT) {
      const text = bytes.toString('latin1', line, at).toLowerCase();
      if (text.startsWith('content-length:')) contentLength = Number(text.slice(15));
      else if (text.startsWith('transfer-encoding:')) isChunked = text.includes('chunked');
      else if (text.startsWith('connection:')) isLast ||= text.includes('close');
    }
    line = at + 1;
  }
  return undefined;
}

/** @returns the body and where it ends; undefined if it is incomplete */
function readChunks(bytes: Buffer, start: number, end: number): [Buffer, number] | undefined {
  const chunks: Buffer[] = [];
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf(lf, at);
    if (lineEnd < 0 || lineEnd >= end) return undefined;
    const length = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (!(length >= 0)) {
      throw new Error(`Expected a chunk's length, got ${bytes.toString('latin1', at, lineEnd)}`);
    }
    at = lineEnd + 1;
    if (length === 0) break;
    if (at + length + 2 > end) return undefined;
    chunks.push(bytes.subarray(at, at + length));
    at += length + 2;
  }
  // Trailer fields, up to a blank line.
  for (;;) {
    const lineEnd = bytes.indexOf(lf, at);
    if (lineEnd < 0 || lineEnd >= end) return undefined;
    const isBlank = lineEnd - at <= 1;
    at = lineEnd + 1;
    if (isBlank) break;
  }
  const [only = none] = chunks;
  return [chunks.length > 1 ? Buffer.concat(chunks) : only, at];
}

/**
 * Finds the answer that starts at `start`, without a copy if its body is in one piece.
 * @returns undefined, or how many bytes it takes from `start`, if it is incomplete
 * @throws Error if this is no answer of HTTP/1.1, or one without a length
 */
export function readHttp1Answer(
  bytes: Buffer,
  start: number,
  end: number,
  toHead: boolean,
): Http1Answer | number | undefined {
  if (end - start < 13) return undefined;
  if (bytes[start] !== 72 || bytes[start + 4] !== 47 || bytes[start + 8] !== space) {
    const got = bytes.toString('latin1', start, Math.min(end, start + 20));
    throw new Error(`Expected a response of HTTP/1.1, got ${JSON.stringify(got)}`);
  }
  const head = readHead(bytes, start, end);
  if (!head) return undefined;
  const { status, bodyStart, contentLength, isChunked, isLast } = head;
  // An interim answer: the one that counts comes behind it.
  if (status < 200) return readHttp1Answer(bytes, bodyStart, end, toHead);
  if (toHead || status === 204 || status === 304) {
    return { status, body: none, end: bodyStart, isLast };
  }
  if (isChunked) {
    const chunks = readChunks(bytes, bodyStart, end);
    return chunks && { status, body: chunks[0], end: chunks[1], isLast };
  }
  if (contentLength === undefined) {
    throw new Error(`Expected content-length or chunks, got status ${status} with neither.`);
  }
  const bodyEnd = bodyStart + contentLength;
  if (bodyEnd > end) return bodyEnd - start;
  return { status, body: bytes.subarray(bodyStart, bodyEnd), end: bodyEnd, isLast };
}
