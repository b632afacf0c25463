import { written } from './json-value.ts';

/** Numbers, true, false and null, about. */
const plainValueBytes = 8;
/** The quotes of a name or a text, its colon and its comma, about. */
const punctuationBytes = 4;
/** What JSON writes as an escape (RFC 8259 §7). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are meant
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;

/**
 * Bytes that data has as JSON, about. Counting stops above `limit`: an answer asks for the same
 * large value by many aliases, and is then written as often, while in memory it is there once.
 */
export function answerBytes(data: unknown, limit: number): number {
  if (typeof data === 'string') return textBytes(data);
  if (typeof data !== 'object' || data === null) return plainValueBytes;
  let bytes = punctuationBytes;
  if (Array.isArray(data)) {
    for (const item of data) {
      bytes += answerBytes(item, limit - bytes);
      if (bytes > limit) break;
    }
    return bytes;
  }
  // Made by the executor or by JSON.parse: every name is its own.
  const fields = written(data) as Readonly<Record<string, unknown>>;
  for (const name in fields) {
    bytes += name.length + punctuationBytes + answerBytes(fields[name], limit - bytes);
    if (bytes > limit) break;
  }
  return bytes;
}

const textBytes = (text: string): number =>
  escaped.test(text)
    ? Buffer.byteLength(JSON.stringify(text))
    : Buffer.byteLength(text) + punctuationBytes;
