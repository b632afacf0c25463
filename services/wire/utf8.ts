import { isUtf8 } from 'node:buffer';

/** The text of bytes in UTF-8; undefined if they are not (RFC 3629 §3), never `�` instead. */
export const decodeUtf8 = (bytes: Buffer): string | undefined =>
  isUtf8(bytes) ? bytes.toString() : undefined;
