import type { Metadata } from '@grpc/grpc-js';
import { invalid } from '../core/errors.ts';
import type { Caller, Receipt } from '../core/invoke.ts';
import { bearerToken } from '../wire/bearer.ts';
import { requestIdOf } from '../wire/request-id.ts';
import { type ServerCall, signalOf } from './deadline.ts';

/** The first value of a metadata key whose values are text. */
function textOf(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** The client's request id or a new one; read before anything that can fail. */
export const callIdOf = ({ metadata }: ServerCall): string =>
  requestIdOf(textOf(metadata, 'x-request-id'));

/**
 * Who calls, from metadata and the request's `request_id`.
 * @throws PaymentsError `validation_failed` where metadata and request name two idempotency keys
 */
export function callerOf(
  call: ServerCall,
  request: object,
  requestId: string,
  receipt: Receipt,
): Caller {
  const { metadata } = call;
  return {
    credential: bearerToken(textOf(metadata, 'authorization')),
    idempotencyKey: 'requestId' in request ? keyOf(metadata, request.requestId) : undefined,
    requestId,
    traceparent: textOf(metadata, 'traceparent'),
    receipt,
    // Most calls are never asked for it, and it is not free.
    get signal() {
      return signalOf(call);
    },
  };
}

function keyOf(metadata: Metadata, requestId: unknown): string | undefined {
  const given = textOf(metadata, 'idempotency-key');
  if (typeof requestId !== 'string' || requestId === '') return given;
  if (given !== undefined && given !== requestId) {
    throw invalid({
      path: ['idempotencyKey'],
      code: 'conflict',
      message: 'expected the idempotency key of the metadata, where both are sent, got another',
    });
  }
  return requestId;
}
