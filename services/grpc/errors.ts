import { type Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import {
  type ErrorCode,
  type ErrorDetails,
  invalid,
  isErrorCode,
  PaymentsError,
  type Violation,
} from '../core/errors.ts';
import { toCamel, toSnake } from '../wire/names.ts';
import { rpc } from './contract.ts';

/** The gRPC status of every code. */
export const grpcStatus: Readonly<Record<ErrorCode, status>> = {
  validation_failed: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  permission_denied: status.PERMISSION_DENIED,
  not_found: status.NOT_FOUND,
  invalid_state: status.FAILED_PRECONDITION,
  version_mismatch: status.ABORTED,
  precondition_required: status.INVALID_ARGUMENT,
  idempotency_key_missing: status.INVALID_ARGUMENT,
  idempotency_key_reused: status.FAILED_PRECONDITION,
  idempotency_in_flight: status.ABORTED,
  card_declined: status.FAILED_PRECONDITION,
  insufficient_funds: status.FAILED_PRECONDITION,
  card_expired: status.FAILED_PRECONDITION,
  refund_exceeds_payment: status.FAILED_PRECONDITION,
  rate_limited: status.RESOURCE_EXHAUSTED,
  query_too_costly: status.INVALID_ARGUMENT,
  failed_dependency: status.ABORTED,
  position_out_of_range: status.OUT_OF_RANGE,
  payload_too_large: status.RESOURCE_EXHAUSTED,
  unsupported_media_type: status.INVALID_ARGUMENT,
  not_acceptable: status.INVALID_ARGUMENT,
  method_not_allowed: status.UNIMPLEMENTED,
  overloaded: status.UNAVAILABLE,
  processor_unavailable: status.UNAVAILABLE,
  timeout: status.DEADLINE_EXCEEDED,
  internal: status.INTERNAL,
};

const domain = 'payments.fivewire.dev';
const detailsKey = 'grpc-status-details-bin';

/** Input fields whose names in the contract are not the core's in snake case. */
const fieldNames: Readonly<Record<string, string>> = {
  limit: 'page_size',
  cursor: 'page_token',
  sort: 'order_by',
  idempotencyKey: 'request_id',
};
const inputNames = Object.fromEntries(
  Object.entries(fieldNames).map(([input, field]) => [field, input]),
);

/** `['metadata', 'a b', 0]` as `metadata["a b"][0]`: dots for identifiers, else brackets. */
const fieldOf = ({ path }: Violation): string =>
  path
    .map((step, depth) => {
      if (typeof step === 'number') return `[${step}]`;
      if (depth === 0) return fieldNames[step] ?? toSnake(step);
      return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    })
    .join('');

const fieldStep = /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g;

const pathOf = (field: string): (string | number)[] =>
  [...field.matchAll(fieldStep)].map(([, index, quoted, name = ''], depth) => {
    if (index !== undefined) return Number(index);
    if (quoted !== undefined) return JSON.parse(quoted);
    return depth === 0 ? (inputNames[name] ?? toCamel(name)) : name;
  });

/**
 * A status travels in header fields, and peers refuse those past some size: gRPC asks for 8 KiB in
 * all, and Node ends the whole connection past 64 KiB. Where an input has more faults than fit, the
 * first ones are told.
 */
const maxMessageBytes = 2048;
const maxTextBytes = 512;
const maxFaultsBytes = 4096;

/** The text, cut where it is too long; half a surrogate pair, which UTF-8 cannot say, replaced. */
const sayable = (text: string, maxBytes = maxTextBytes): string =>
  Buffer.byteLength(text) <= maxBytes
    ? text.toWellFormed()
    : `${Buffer.from(text).subarray(0, maxBytes).toString()}…`;

function encodeFaults(violations: readonly Violation[]) {
  const faults: { field: string; description: string; reason: string }[] = [];
  let bytes = 0;
  for (const violation of violations) {
    const field = sayable(fieldOf(violation));
    const description = sayable(violation.message);
    bytes += Buffer.byteLength(field) + Buffer.byteLength(description) + violation.code.length;
    if (bytes > maxFaultsBytes) break;
    faults.push({ field, description, reason: violation.code.toUpperCase() });
  }
  return faults;
}

function encodeDetails(error: PaymentsError): { type_url: string; value: Buffer }[] {
  const { violations, retryAfterMs, metadata = {} } = error.details;
  const details: { type_url: string; value: Buffer }[] = [];
  const add = (type: string, value: Buffer) =>
    details.push({ type_url: `type.googleapis.com/google.rpc.${type}`, value });

  add(
    'ErrorInfo',
    rpc.ErrorInfo.serialize({
      reason: error.code.toUpperCase(),
      domain,
      metadata: Object.fromEntries(
        Object.entries(metadata).map(([name, value]) => [name, sayable(value)]),
      ),
    }),
  );
  if (violations) {
    add('BadRequest', rpc.BadRequest.serialize({ fieldViolations: encodeFaults(violations) }));
  }
  if (error.code === 'invalid_state') {
    const violation = {
      type: 'STATE',
      subject: metadata.payment ?? '',
      description: sayable(error.message),
    };
    add('PreconditionFailure', rpc.PreconditionFailure.serialize({ violations: [violation] }));
  }
  if (error.code === 'rate_limited') {
    const violation = { subject: 'api_key', description: sayable(error.message) };
    add('QuotaFailure', rpc.QuotaFailure.serialize({ violations: [violation] }));
  }
  if (retryAfterMs !== undefined) {
    const seconds = Math.floor(retryAfterMs / 1000);
    const nanos = Math.round((retryAfterMs - seconds * 1000) * 1_000_000);
    add('RetryInfo', rpc.RetryInfo.serialize({ retryDelay: { seconds, nanos } }));
  }
  return details;
}

/** Faults under the names of the contract, as the details have them. */
const messageOf = ({ message, details: { violations } }: PaymentsError): string =>
  violations?.map((fault) => `${fieldOf(fault) || 'input'}: ${fault.message}`).join('; ') ??
  message;

/** An error as a status with `google.rpc` details (AIP-193); adds the details to `trailers`. */
export function encodeError(error: PaymentsError, trailers: Metadata): StatusObject {
  const code = grpcStatus[error.code];
  const message = sayable(messageOf(error), maxMessageBytes);
  trailers.set(detailsKey, rpc.Status.serialize({ code, message, details: encodeDetails(error) }));
  return { code, details: message, metadata: trailers };
}

/** Statuses of grpc-js itself that mean one of our codes. */
const codeOfStatus: Partial<Record<status, ErrorCode>> = {
  [status.RESOURCE_EXHAUSTED]: 'payload_too_large',
  [status.DEADLINE_EXCEEDED]: 'timeout',
};

/** The error that a status tells of; a plain Error where no answer of the server's came. */
export function decodeError(error: ServiceError, target: string): Error {
  const [bytes] = error.metadata.get(detailsKey);
  if (Buffer.isBuffer(bytes)) {
    const decoded = decodeStatus(bytes);
    if (decoded) return decoded;
  }
  const code = codeOfStatus[error.code];
  if (code !== undefined) return new PaymentsError(code, error.details);
  return new Error(
    `Expected an answer of the gRPC server at ${target}, got ${status[error.code]}: ${error.details}`,
    { cause: error },
  );
}

function decodeStatus(bytes: Buffer): PaymentsError | undefined {
  const { message, details: given } = rpc.Status.deserialize(bytes);
  let code: ErrorCode | undefined;
  const details: { -readonly [Key in keyof ErrorDetails]: ErrorDetails[Key] } = {};
  for (const { type_url: type, value } of given) {
    switch (type) {
      case 'type.googleapis.com/google.rpc.ErrorInfo': {
        const info = rpc.ErrorInfo.deserialize(value);
        const reason = info.reason.toLowerCase();
        if (info.domain === domain && isErrorCode(reason)) code = reason;
        if (Object.keys(info.metadata).length > 0) details.metadata = info.metadata;
        break;
      }
      case 'type.googleapis.com/google.rpc.BadRequest':
        details.violations = rpc.BadRequest.deserialize(value).fieldViolations.map((violation) => ({
          path: pathOf(violation.field),
          code: violation.reason.toLowerCase(),
          message: violation.description,
        }));
        break;
      case 'type.googleapis.com/google.rpc.RetryInfo': {
        const { retryDelay } = rpc.RetryInfo.deserialize(value);
        if (retryDelay) {
          details.retryAfterMs = retryDelay.seconds * 1000 + retryDelay.nanos / 1_000_000;
        }
        break;
      }
    }
  }
  const { violations } = details;
  return (
    code && new PaymentsError(code, violations ? invalid(...violations).message : message, details)
  );
}
