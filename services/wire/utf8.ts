import { isUtf8 } from 'node:buffer';

/** Decodes UTF-8; undefined if the bytes are not UTF-8 (RFC 3629 §3), never `�` instead. */
export const decodeUtf8 = (bytes: Buffer): string | undefined =>
  isUtf8(bytes) ? bytes.toString() : undefined;
