import type { ErrorCode } from './errors.ts';

/** A request under way. Holds no secret and no input. */
export interface Observed {
  readonly requestId: string;
  readonly traceparent: string | undefined;
  /** When it arrived, on the clock of `performance`, milliseconds. */
  readonly startedMs: number;
  /** What it calls; `none` until that is known. */
  readonly operation: string;
  /** Undefined until it is known who calls. */
  readonly merchantId: string | undefined;
}

/** The part of a request that observers see. */
export interface Observable {
  readonly requestId: string;
  readonly traceparent?: string | undefined;
}

/** Logs, metrics and traces implement this. */
export interface Observe {
  /**
   * Called when a request arrives.
   *
   * @returns a function that is called once, when the request has ended; `cause` is the failure
   *   behind `internal`. By then `request` holds what became known meanwhile.
   */
  start(request: Observed): (code: ErrorCode | 'ok', cause?: unknown) => void;
}

/** One request under observation. Its creator ends it; core ends it too if a call fails. */
export class Observation implements Observed {
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly startedMs: number;
  operation = 'none';
  merchantId: string | undefined = undefined;
  ended = false;
  readonly #end: ReturnType<Observe['start']> | undefined;

  constructor(
    observe: Observe | undefined,
    { requestId, traceparent }: Observable,
    startedMs: number,
  ) {
    this.requestId = requestId;
    this.traceparent = traceparent;
    this.startedMs = startedMs;
    this.#end = observe?.start(this);
  }

  /** Only the first end counts. */
  end(code: ErrorCode | 'ok', cause?: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.#end?.(code, cause);
  }
}
