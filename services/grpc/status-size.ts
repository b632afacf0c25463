import type { Metadata } from '@grpc/grpc-js';
import { andMore } from '../core/errors.ts';
import { rpc } from './contract.ts';

/**
 * A status travels in header fields, and clients refuse more than some number of bytes of them:
 * gRPC asks for 8 KiB in all (PROTOCOL-HTTP2.md), and a client that gets more reports another
 * error. So a status is made to fit: of many violations the first ones are sent, and how many
 * more there are; then the message is cut.
 */
const maxHeaderBytes = 8192;
/** What HTTP/2 counts for a field beside its name and value (RFC 9113 §6.5.2). */
const fieldOverhead = 32;
/** The fields that the server or grpc-js adds, such as `:status` and `date`, and the two names. */
const reservedBytes = 512;
/** The types and lengths around violations, and the entry that says how many more there are. */
const reservedViolationBytes = 160;

/** One of `google.rpc.BadRequest`. */
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

/** The text, well-formed and at most that long in UTF-8, never with half a character. */
export function cut(text: string, maxBytes: number): string {
  const whole = text.toWellFormed();
  if (Buffer.byteLength(whole) <= maxBytes) return whole;
  const ellipsis = '…';
  const left = maxBytes - Buffer.byteLength(ellipsis);
  if (left < 0) return '';
  const room = new Uint8Array(left);
  return whole.slice(0, new TextEncoder().encodeInto(whole, room).read) + ellipsis;
}

/** Bytes of a text as a field value, percent-encoded as gRPC asks for. */
const percentBytes = (text: string): number => encodeURI(text).length;

/** Bytes of so many in base64, as fields whose names end in `-bin` are sent. */
const base64Bytes = (bytes: number): number => Math.ceil(bytes / 3) * 4;

function headerBytes(metadata: Metadata): number {
  const fields = Object.entries(metadata.toHttp2Headers()).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => name.length + String(value).length + fieldOverhead),
  );
  return fields.reduce((sum, bytes) => sum + bytes, 0);
}

/** The message as it is sent twice, percent-encoded and in the details, within so many bytes. */
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

/** As many violations as fit into so many bytes, and how many more there are. */
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
 * A status in bytes, with its message as that is sent beside them.
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
  // Half of what is left at the most, so that there is a place for violations.
  const message = cutMessage(status.message, violations.length > 0 ? left / 2 : left - fixed);
  const cutStatus = { ...status, message };
  const used = percentBytes(message) + base64Bytes(encode(cutStatus, []).length);
  const shown = fitViolations(violations, ((left - used) * 3) / 4 - reservedViolationBytes);
  return { message, bytes: encode(cutStatus, shown) };
}
