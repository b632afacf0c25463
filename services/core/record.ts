import type { Caller } from './caller.ts';
import { type PaymentsError, toPaymentsError } from './errors.ts';
import type { Ports } from './ports.ts';

/** What is learnt of a call while it runs. */
export interface Trace {
  merchantId: string | undefined;
  /** Reports what failed after the call had succeeded: a stream, for one. */
  readonly failed: (thrown: unknown) => PaymentsError;
}

type Work<Result> = (trace: Trace) => Promise<Result>;

/** Reports to the log and the metrics how calls ended, each once. */
export interface Recorder {
  /** Reports success and failure. @throws PaymentsError, and nothing else */
  call<Result>(operation: string, caller: Caller, work: Work<Result>): Promise<Result>;
  /** Reports a failure only. @throws PaymentsError, and nothing else */
  failures<Result>(operation: string, caller: Caller, work: Work<Result>): Promise<Result>;
  /** Whether this error was reported already. */
  knows(error: PaymentsError): boolean;
}

export function createRecorder(record: Ports['record']): Recorder {
  const known = new WeakSet<PaymentsError>();

  function startOf(operation: string, caller: Caller) {
    const startedMs = performance.now();
    const report = (code: 'ok' | PaymentsError['code'], cause?: unknown) =>
      record?.({
        operation,
        code,
        requestId: caller.requestId,
        traceparent: caller.traceparent,
        merchantId: trace.merchantId,
        durationMicros: Math.round((performance.now() - startedMs) * 1000),
        cause,
      });
    const trace: Trace = {
      merchantId: undefined,
      failed(thrown) {
        const error = toPaymentsError(thrown);
        if (!known.has(error)) report(error.code, error.cause);
        known.add(error);
        return error;
      },
    };
    return { trace, report };
  }

  async function call<Result>(operation: string, caller: Caller, work: Work<Result>) {
    const { trace, report } = startOf(operation, caller);
    try {
      const result = await work(trace);
      report('ok');
      return result;
    } catch (thrown) {
      throw trace.failed(thrown);
    }
  }

  return {
    call,

    async failures(operation, caller, work) {
      const { trace } = startOf(operation, caller);
      try {
        return await work(trace);
      } catch (thrown) {
        throw trace.failed(thrown);
      }
    },

    knows: (error) => known.has(error),
  };
}
