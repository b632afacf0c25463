import type { OperationTypeNode } from 'graphql';
import { PaymentsError } from '../core/errors.ts';
import { written } from './json-value.ts';

/** Approximate bytes of a number, true, false or null. */
const plainValueBytes = 8;
/** Approximate bytes of the quotes of a name or a text, its colon and its comma. */
const punctuationBytes = 4;
/** What JSON writes as an escape (RFC 8259 §7). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are meant
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;

/**
 * Estimates the bytes of data as JSON. Counting stops above `limit`: a document may request the
 * same large value by many aliases, which is then written as often, while memory has it once.
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
  // Made by the executor or by JSON.parse, so every name is its own.
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

/** Maximum bytes of data in the response to an event: a replay takes a token for 20 of them. */
const maxEventBytes = 256 * 1024;

/** @throws PaymentsError `query_too_costly` if data is larger than a response may be */
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
