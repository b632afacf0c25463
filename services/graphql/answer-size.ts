import type { OperationTypeNode } from 'graphql';
import { PaymentsError } from '../core/errors.ts';
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

/** The largest answer to an event, bytes of its data: a replay takes a token for 20 of them. */
const maxEventBytes = 256 * 1024;

/** @throws PaymentsError `query_too_costly` where data is larger than a response may be */
export function requireSmall(data: unknown, kind: `${OperationTypeNode}`, maxBytes: number): void {
  const most = kind === 'subscription' ? Math.min(maxEventBytes, maxBytes) : maxBytes;
  if (answerBytes(data, most) <= most) return;
  const effect = kind === 'mutation' ? ' The mutations took effect.' : '';
  throw new PaymentsError(
    'query_too_costly',
    `Expected a document whose answer has at most ${most} bytes, got more: ask for fewer fields ` +
      `or shorter lists.${effect}`,
    { metadata: { maxBytes: String(most) } },
  );
}
