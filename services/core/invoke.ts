import type { z } from 'zod';
import { type Admission, createAdmission, revokedError } from './admission.ts';
import { type Awaitable, andThen } from './awaitable.ts';
import { type BackgroundWork, backgroundOf } from './background.ts';
import type { Caller, Composite, Revocation, Session, StreamCaller } from './caller.ts';
import { type PaymentsError, toPaymentsError } from './errors.ts';
import type { Event } from './events/event.ts';
import { createEventFeed } from './events/feed.ts';
import { type EventStream, withItems } from './events/follow.ts';
import { runWrite } from './idempotency.ts';
import { type Observable, Observation } from './observe.ts';
import type { Context, Write } from './operation.ts';
import {
  type CallName,
  type OperationName,
  type Operations,
  type OutputOf,
  operations,
  type StreamName,
} from './operations.ts';
import { type AnswerSize, createCursors, tokensForSize } from './page.ts';
import type { Ports } from './ports.ts';
import { countStreams } from './streams.ts';
import { validate } from './validate.ts';

export type { Caller, Composite, Receipt, Session, StreamCaller } from './caller.ts';

/** The payments core: the one path that every call of every wire takes. */
export interface Core {
  /**
   * Begins the observation of a request. The room passes it with its caller, so that durations
   * cover decoding, and ends it once the response is sent. Core ends it for calls that fail.
   *
   * @param startedMs when the request arrived, on the clock of `performance`. Defaults to now.
   */
  observe(request: Observable, startedMs?: number): Observation;
  /** @throws PaymentsError, and nothing else */
  invoke<Name extends CallName>(
    name: Name,
    caller: Caller,
    input: unknown,
  ): Promise<OutputOf<Name>>;
  /**
   * Resolves once the stream is admitted and subscribed. The iteration ends when the caller's
   * signal aborts, and throws `unauthenticated` when the key is revoked.
   */
  watch(name: StreamName, caller: StreamCaller, input: unknown): Promise<EventStream>;
  /** For wires that authenticate once. @throws PaymentsError `unauthenticated` */
  authenticate(caller: Caller): Promise<Session>;
  /**
   * Admits a request that is made of several calls. With the session that it returns, they are not
   * admitted again.
   */
  admit(caller: Caller, composite: Composite): Promise<Session>;
  /**
   * Returns the error to send for a request that a room refuses. Settles first who calls and how
   * often, so that a malformed request takes rate-limit tokens too, then ends its observation. An
   * error that core threw, and so has observed, is returned unchanged.
   *
   * @param operation if the request names one: it then needs a key, as the operation does
   */
  refuse(caller: Caller, error: PaymentsError, operation?: OperationName): Promise<PaymentsError>;
  /** The work between calls. */
  readonly background: readonly BackgroundWork[];
}

export function createCore(ports: Ports): Core {
  const { clock } = ports;
  const admission = createAdmission(ports);
  const requests = createRequests(ports);
  const calls = createCalls(ports, admission);
  const watch = createWatch(ports, admission, calls, requests);

  /** Who calls, which the request's observation learns too. */
  async function sessionOf(caller: Caller): Promise<Session> {
    const session = await admission.sessionOf(caller, clock.now());
    const { observation } = caller;
    if (observation) observation.merchantId = session.principal.merchantId;
    return session;
  }

  return {
    observe: requests.observe,

    invoke: <Name extends CallName>(name: Name, caller: Caller, input: unknown) =>
      requests.call(name, caller, (observation) =>
        andThen(calls.run(name, caller, input, observation), (output) => {
          if (!caller.observation) observation.end('ok');
          return output;
        }),
      ) as Promise<OutputOf<Name>>,

    watch: (name, caller, input) =>
      requests.call(name, caller, (observation) => watch(name, caller, input, observation)),

    async authenticate(caller) {
      const startedMs = performance.now();
      try {
        return await sessionOf(caller);
      } catch (thrown) {
        throw requests.failedBefore('authenticate', caller, startedMs, undefined, thrown);
      }
    },

    async admit(caller, composite) {
      const startedMs = performance.now();
      let session: Session | undefined;
      try {
        session = await sessionOf(caller);
        return await admission.admit(session, composite, caller);
      } catch (thrown) {
        throw requests.failedBefore('admit', caller, startedMs, session, thrown);
      }
    },

    refuse: createRefuse(clock, admission, requests),

    background: backgroundOf(ports),
  };
}

type Requests = ReturnType<typeof createRequests>;

/** The observation of requests, from their arrival to their result or error. */
function createRequests(ports: Ports) {
  const observed = new WeakSet<PaymentsError>();

  const observe: Core['observe'] = (request, startedMs = performance.now()) =>
    new Observation(ports.observe, request, startedMs);

  /** The error that a request ends with. */
  function failed(observation: Observation, thrown: unknown): PaymentsError {
    const error = toPaymentsError(thrown);
    observation.end(error.code, error.cause);
    observed.add(error);
    return error;
  }

  /** Runs a call under the observation of its request, or under one of its own. */
  async function call<Result>(
    name: OperationName,
    caller: Caller,
    work: (observation: Observation) => Awaitable<Result>,
  ): Promise<Result> {
    const observation = caller.observation ?? observe(caller);
    if (observation.operation === 'none') observation.operation = name;
    try {
      const result = work(observation);
      // A read that returns synchronously takes no turn of the event loop.
      return result instanceof Promise ? await result : result;
    } catch (thrown) {
      throw failed(observation, thrown);
    }
  }

  /** The error that a request ends with before, or without, any call. */
  function failedBefore(
    name: string,
    caller: Caller,
    startedMs: number,
    session: Session | undefined,
    thrown: unknown,
  ): PaymentsError {
    const { observation: given } = caller;
    // A failure after the end of the request is observed too.
    const observation = given && !given.ended ? given : observe(caller, startedMs);
    if (observation.operation === 'none') observation.operation = name;
    observation.merchantId ??= session?.principal.merchantId;
    return failed(observation, thrown);
  }

  const isObserved = (error: PaymentsError): boolean => observed.has(error);

  return { observe, failed, call, failedBefore, isObserved };
}

type CoreCalls = ReturnType<typeof createCalls>;

/** The path of a call once its observation has begun. */
function createCalls(ports: Ports, admission: Admission) {
  const { store, clock } = ports;
  const cursors = createCursors(ports.cursorSecret);

  function admitted(
    operation: Operations[OperationName],
    caller: Caller,
    nowMs: number,
    observation: Observation,
  ): Awaitable<Session> {
    return andThen(admission.sessionOf(caller, nowMs), (session) => {
      observation.merchantId = session.principal.merchantId;
      admission.authorise(session, operation.scope);
      return andThen(admission.take(session, operation.tokens, caller), () => session);
    });
  }

  const contextOf = (session: Session, nowMs: number): Context => ({
    merchantId: session.principal.merchantId,
    principal: session.principal,
    nowMs,
    newId: ports.newId,
    cursors,
  });

  function run(name: CallName, caller: Caller, given: unknown, observation: Observation) {
    const operation = operations[name];
    const nowMs = clock.now();
    return andThen(
      admitted(operation, caller, nowMs, observation),
      (session): Awaitable<object> => {
        const context = contextOf(session, nowMs);
        const input = validate(operation.input, given);
        if (operation.effect === 'write') {
          const write = operation as Write<z.ZodType, { id: string }>;
          return runWrite(ports, write, context, caller, input);
        }
        const size: AnswerSize = { bytes: 0 };
        const { merchantId } = context;
        const reading = { ...context, read: store.of(merchantId), size };
        // A union of pairs cannot express that operation and input belong together.
        const output: Awaitable<object> = operation.run(reading, input as never);
        if (!(output instanceof Promise) && size.bytes === 0) return output;
        return takeForSize(output, size, (tokens) => admission.debit(session, tokens, caller));
      },
    );
  }

  return { admitted, contextOf, run };
}

/** The path of a stream once its observation has begun. */
function createWatch(
  { store, clock }: Ports,
  admission: Admission,
  { admitted, contextOf }: CoreCalls,
  { failed }: Requests,
) {
  const feed = createEventFeed(store);
  const streams = countStreams();

  /** Takes a place among the streams of the key, and listens for its revocation. */
  function holdStream({ principal, revocation }: Session, left: AbortSignal) {
    const revoked = new AbortController();
    const signal = AbortSignal.any([left, revoked.signal]);
    const giveBack = streams.take(principal.id, signal);
    const unlisten = revocation.listen(() => revoked.abort());
    signal.addEventListener('abort', unlisten, { once: true });
    if (signal.aborted) unlisten();
    const release = () => {
      signal.removeEventListener('abort', unlisten);
      unlisten();
      giveBack();
    };
    return { signal, release };
  }

  async function watch(
    name: StreamName,
    caller: StreamCaller,
    given: unknown,
    observation: Observation,
  ) {
    const operation = operations[name];
    const nowMs = clock.now();
    const session = await admitted(operation, caller, nowMs, observation);
    const input = validate(operation.input, given);
    const { signal, release } = holdStream(session, caller.signal);
    try {
      const pace = (tokens: number) => admission.pace(session, tokens, signal);
      const read = store.of(session.principal.merchantId);
      const context = { ...contextOf(session, nowMs), read, feed, signal, pace };
      const stream = await operation.run(context, input);
      return guarded(stream, session.revocation, {
        failed: (thrown) => failed(observation, thrown),
        released() {
          release();
          if (!caller.observation) observation.end('ok');
        },
      });
    } catch (error) {
      release();
      throw error;
    }
  }

  return watch;
}

/** The refusal of a request that a room does not pass on. */
function createRefuse(
  clock: Ports['clock'],
  admission: Admission,
  requests: Requests,
): Core['refuse'] {
  return async (caller, error, operation) => {
    if (requests.isObserved(error)) {
      caller.observation?.end(error.code, error.cause);
      return error;
    }
    const startedMs = performance.now();
    let session: Session | undefined;
    try {
      // Tokens that were taken already cover the failure.
      if (!caller.receipt?.rate) {
        if (operation === undefined && !caller.session && caller.credential === undefined) {
          await admission.takeForFailure(caller);
        } else {
          session = await admission.sessionOf(caller, clock.now());
          await admission.take(session, 1, caller);
        }
      }
      throw error;
    } catch (thrown) {
      return requests.failedBefore(operation ?? 'none', caller, startedMs, session, thrown);
    }
  };
}

/** Takes tokens for the size of what was read, also if it was refused because of its size. */
async function takeForSize<Output>(
  output: Awaitable<Output>,
  size: AnswerSize,
  debit: (tokens: number) => Promise<void>,
): Promise<Output> {
  try {
    return await output;
  } finally {
    const tokens = tokensForSize(size);
    if (tokens > 0) await debit(tokens);
  }
}

/** Wraps the stream so that it fails when its key is revoked. */
function guarded(
  stream: EventStream,
  revocation: Revocation,
  end: { readonly failed: (thrown: unknown) => PaymentsError; readonly released: () => void },
): EventStream {
  async function* items(): AsyncGenerator<Event, void, void> {
    try {
      yield* stream;
      if (revocation.happened) throw revokedError();
    } catch (thrown) {
      throw end.failed(thrown);
    } finally {
      end.released();
    }
  }
  return withItems(stream, items());
}
