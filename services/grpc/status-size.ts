import type { Metadata } from '@grpc/grpc-js';
import { andMore } from '../core/errors.ts';
import { rpc } from './contract.ts';

/**
 * Keeps a status small. It travels in header fields, of which clients limit the bytes: gRPC
 * recommends 8 KiB in all (PROTOCOL-HTTP2.md), and a client that gets more reports another error.
 * So only the first violations are sent if there are many, with the number of the others; then the
 * message is cut.
 */
const maxHeaderBytes = 8192;
/** Bytes that HTTP/2 counts for a field beside its name and value (RFC 9113 §6.5.2). */
const fieldOverhead = 32;
/**
 * Bytes of the fields that the server or grpc-js adds, such as `:status` and `date`, and of the two
 * names.
 */
const reservedBytes = 512;
/** Bytes of the types and lengths around violations, and of the entry that counts the others. */
const reservedViolationBytes = 160;

/** A violation of `google.rpc.BadRequest`. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
  readonly reason: string;
}

interface Status {
  readonly code: number;
  readonly message: string;
  readonly details: readonly { readonly type_url: string; readonly value: Buffer }[];
}

/** Shortens the text to this length in UTF-8, well-formed and without cutting a character. */
export function cut(text: string, maxBytes: number): string {
  const whole = text.toWellFormed();
  if (Buffer.byteLength(whole) <= maxBytes) return whole;
  const ellipsis = '…';
  const left = maxBytes - Buffer.byteLength(ellipsis);
  if (left < 0) return '';
  const room = new Uint8Array(left);
  return whole.slice(0, new TextEncoder().encodeInto(whole, room).read) + ellipsis;
}

/** Bytes of a text as a field value, percent-encoded as gRPC requires. */
const percentBytes = (text: string): number => encodeURI(text).length;

/** Bytes of a value in base64, as fields whose names end in `-bin` are sent. */
const base64Bytes = (bytes: number): number => Math.ceil(bytes / 3) * 4;

function headerBytes(metadata: Metadata): number {
  const fields = Object.entries(metadata.toHttp2Headers()).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => name.length + String(value).length + fieldOverhead),
  );
  return fields.reduce((sum, bytes) => sum + bytes, 0);
}

/** Shortens the message, which is sent twice (percent-encoded and in the details), to this size. */
function cutMessage(message: string, maxBytes: number): string {
  let text = message.toWellFormed();
  for (;;) {
    const bytes = Buffer.byteLength(text);
    const sent = percentBytes(text) + base64Bytes(bytes);
    if (sent <= maxBytes) return text;
    text = cut(text, Math.min(bytes - 1, Math.floor((bytes * maxBytes) / sent)));
  }
}

function encode(status: Status, fieldViolations: readonly FieldViolation[]): Buffer {
  const [info, ...others] = status.details;
  const value = rpc.BadRequest.serialize({ fieldViolations: [...fieldViolations] });
  const badRequest = { type_url: 'type.googleapis.com/google.rpc.BadRequest', value };
  const details = fieldViolations.length > 0 ? [info, badRequest, ...others] : status.details;
  return rpc.Status.serialize({ ...status, details: details.filter((each) => each !== undefined) });
}

/** Returns as many violations as fit into this size, and how many are left out. */
function fitViolations(
  violations: readonly FieldViolation[],
  maxBytes: number,
): readonly FieldViolation[] {
  let bytes = 0;
  const end = violations.findIndex((violation) => {
    bytes += rpc.BadRequest.serialize({ fieldViolations: [violation] }).length;
    return bytes > maxBytes;
  });
  if (end === -1) return violations;
  const description = andMore(violations.length, end);
  return [...violations.slice(0, end), { field: '', description, reason: 'MORE' }];
}

/**
 * Encodes a status, with its message as it is sent beside the details.
 *
 * @param metadata what is sent in the same header fields
 */
export function fitStatus(
  status: Status,
  violations: readonly FieldViolation[],
  metadata: Metadata,
): { readonly message: string; readonly bytes: Buffer } {
  const left = maxHeaderBytes - reservedBytes - headerBytes(metadata);
  const whole = { ...status, message: status.message.toWellFormed() };
  const bytes = encode(whole, violations);
  if (percentBytes(whole.message) + base64Bytes(bytes.length) <= left) {
    return { message: whole.message, bytes };
  }
  const fixed = base64Bytes(encode({ ...status, message: '' }, []).length);
  // At most half of what is left, so that violations have room.
  const message = cutMessage(status.message, violations.length > 0 ? left / 2 : left - fixed);
  const cutStatus = { ...status, message };
  const used = percentBytes(message) + base64Bytes(encode(cutStatus, []).length);
  const shown = fitViolations(violations, ((left - used) * 3) / 4 - reservedViolationBytes);
  return { message, bytes: encode(cutStatus, shown) };
}
