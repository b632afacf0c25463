import { invalid } from '../core/errors.ts';

/** RFC 9651 §3.3.3: printable ASCII, in which a backslash precedes only `"` and `\`. */
const string = '"(?:[ !#-[\\]-~]|\\\\["\\\\])*"';
/** Integers and decimals, strings, tokens, byte sequences, booleans, dates, display strings. */
const bareItem = [
  '-?\\d{1,15}(?:\\.\\d{1,3})?',
  string,
  "[A-Za-z*][\\w!#$%&'*+.^`|~:/-]*",
  ':[A-Za-z0-9+/=]*:',
  '\\?[01]',
  '@-?\\d{1,15}',
  '%"(?:[ !#$&-~]|%[0-9a-f]{2})*"',
].join('|');
const parameter = `; *[a-z*][a-z0-9_.*-]*(?:=(?:${bareItem}))?`;
const item = new RegExp(`^ *(${string})(?:${parameter})* *$`);

/**
 * Reads an idempotency key as it was sent, on any wire: a structured-field string, as in
 * draft-ietf-httpapi-idempotency-key-header, or bare. Both spellings are the same key, and
 * parameters are not part of it. Core checks characters and length.
 *
 * @throws PaymentsError `validation_failed` if it begins as a string and does not end as one
 */
export function parseIdempotencyKey(sent: string | undefined): string | undefined {
  if (sent?.charCodeAt(0) !== 0x22) return sent;
  const text = item.exec(sent)?.[1];
  if (text === undefined) {
    throw invalid({
      path: ['idempotencyKey'],
      code: 'invalid_format',
      message: `expected a key, bare or as a string in quotes, got ${sent.slice(0, 60)}`,
    });
  }
  return text.slice(1, -1).replace(/\\(.)/g, '$1');
}
