import type { CallRecord } from './observe.ts';

/** Where work failed that no caller waits for. */
export type FailureKind = 'rejection' | 'exception' | 'background';

/** Logs lines of JSON to standard error. */
export interface Log {
  /** How a call ended. */
  call(call: CallRecord): void;
  /**
   * Logs a failure outside of calls, at every level.
   * @param work the name of the background work that failed
   */
  failure(kind: FailureKind, error: unknown, work?: string): void;
}

/** @param level `errors`: internal failures only; `calls`: a line for each call */
export function createLog(level: 'off' | 'errors' | 'calls'): Log {
  return {
    call(call) {
      if (level === 'off' || (level === 'errors' && call.code !== 'internal')) return;
      const { cause, ...fields } = call;
      write({ ...fields, ...(cause !== undefined && { cause: textOf(cause) }) });
    },
    failure: (kind, error, work) => write({ failure: kind, work, cause: textOf(error) }),
  };
}

const write = (fields: object): void => console.error(JSON.stringify(fields));

/** An error with its stack and what caused it. */
function textOf(error: unknown): string {
  return withoutSecrets(error instanceof Error ? stacksOf(error) : String(error));
}

function stacksOf(error: Error): string {
  const own = error.stack ?? String(error);
  return error.cause instanceof Error ? `${own}\ncaused by ${error.cause.stack}` : own;
}

/** A library's message may repeat its input: an API key, a header. */
const withoutSecrets = (text: string): string =>
  text.replace(/\bsk_\w+_[\w-]+/g, 'sk_…').replace(/\b(bearer|basic) +\S+/gi, '$1 …');
