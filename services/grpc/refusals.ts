import {
  type Metadata,
  type ServerInterceptingCall,
  type StatusObject,
  status,
} from '@grpc/grpc-js';
import { type ErrorCode, invalid, PaymentsError } from '../core/errors.ts';
import { encodeError } from './errors.ts';

/** Message encodings that grpc-js reads (gRPC's compression.md). */
export const acceptedEncodings = 'identity,deflate,gzip';

/** A status as handlers pass it. */
export type Status = Parameters<ServerInterceptingCall['sendStatus']>[0];

/** A failure, with the status that gRPC's own rules require if core's code has another. */
export interface GrpcRefusal {
  readonly error: PaymentsError;
  readonly code?: status | undefined;
}

export const httpMethodError = (method: string): PaymentsError =>
  new PaymentsError('method_not_allowed', `Expected the HTTP method POST, got ${method}.`);

export const contentTypeError = (given: string | undefined): PaymentsError =>
  new PaymentsError(
    'unsupported_media_type',
    `Expected the content-type application/grpc or application/grpc+proto, got ${given ?? 'none'}.`,
  );

export const unknownMethodError = (path: string): PaymentsError =>
  new PaymentsError('method_not_allowed', `Expected a method of this server, got ${path}.`, {
    metadata: { method: path },
  });

/** A violation in a metadata key that the server itself reads. */
export const metadataError = (key: string, message: string): PaymentsError =>
  invalid({ path: [key], code: 'invalid_format', message });

export const deadlineError = (): PaymentsError =>
  new PaymentsError('timeout', 'The deadline of the call passed.');

/**
 * Spreads retries: clients that all return at once would overload a server that has just started.
 */
export const shutdownError = (): PaymentsError =>
  new PaymentsError('overloaded', 'The server is shutting down.', {
    retryAfterMs: 500 + Math.round(Math.random() * 4500),
  });

/** STAT requires INTERNAL for framing errors and for invalid Compressed-Flags. */
export const framingRefusal = (message: string): GrpcRefusal => ({
  error: invalid({ path: [], code: 'malformed', message }),
  code: status.INTERNAL,
});

const codeOfStatus: Partial<Record<status, ErrorCode>> = {
  [status.NOT_FOUND]: 'not_found',
  [status.RESOURCE_EXHAUSTED]: 'payload_too_large',
  [status.UNIMPLEMENTED]: 'method_not_allowed',
  [status.DEADLINE_EXCEEDED]: 'timeout',
};

/** Converts a status of grpc-js or of a library's service to this project's error. */
export function refusalOf({ code, details }: Pick<Status, 'code' | 'details'>): GrpcRefusal {
  const message = details ?? '';
  if (code === status.INTERNAL && message === 'Failed to decompress message') {
    return framingRefusal('expected a message compressed as grpc-encoding says, got other bytes');
  }
  if (code === status.UNIMPLEMENTED && message.includes('unsupported encoding')) {
    const expected = `Expected a grpc-encoding of ${acceptedEncodings}. ${message}.`;
    return { error: new PaymentsError('unsupported_media_type', expected), code };
  }
  const known = code === undefined ? undefined : codeOfStatus[code];
  if (known !== undefined) return { error: new PaymentsError(known, message), code };
  const error = new PaymentsError('internal', 'The server failed; the request id is in the log.');
  error.cause = new Error(message);
  return { error, code: status.INTERNAL };
}

/** The status of a refusal, with the error that core returned for it. */
export function statusOf(
  answered: PaymentsError,
  { error, code }: GrpcRefusal,
  metadata: Metadata,
): StatusObject {
  if (error.code === 'unsupported_media_type') {
    metadata.set('grpc-accept-encoding', acceptedEncodings);
  }
  return answered === error
    ? encodeError(answered, metadata, code)
    : encodeError(answered, metadata);
}
