import type { ErrorCode } from './core/errors.ts';
import type { Observe } from './core/observe.ts';

/** A request that has ended. Holds no secret and no input. */
export interface CallRecord {
  readonly operation: string;
  readonly code: ErrorCode | 'ok';
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly merchantId: string | undefined;
  readonly durationMicros: number;
  /** The failure behind `internal`. */
  readonly cause?: unknown;
}

/** Calls `record` once for each request, when it has ended. */
export const recordCalls = (record: (call: CallRecord) => void): Observe => ({
  start: (request) => (code, cause) =>
    record({
      operation: request.operation,
      code,
      requestId: request.requestId,
      traceparent: request.traceparent,
      merchantId: request.merchantId,
      durationMicros: Math.round((performance.now() - request.startedMs) * 1000),
      cause,
    }),
});
