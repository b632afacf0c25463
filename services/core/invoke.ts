import type { z } from 'zod';
import { createAdmission, revokedError } from './admission.ts';
import { type BackgroundWork, backgroundOf } from './background.ts';
import type { Caller, Composite, Revocation, Session, StreamCaller } from './caller.ts';
import { PaymentsError, toPaymentsError } from './errors.ts';
import type { Event } from './events/event.ts';
import { createEventFeed } from './events/feed.ts';
import { type EventStream, withItems } from './events/follow.ts';
import { runWrite } from './idempotency.ts';
import type { Context, Write } from './operation.ts';
import {
  type CallName,
  type OperationName,
  type Operations,
  type OutputOf,
  operations,
  type StreamName,
} from './operations.ts';
import { createCursors, tokensForSize } from './page.ts';
import type { Ports } from './ports.ts';
import { createRecorder, type Trace } from './record.ts';
import { countStreams } from './streams.ts';
import { validate } from './validate.ts';

export type { Caller, Composite, Receipt, Session, StreamCaller } from './caller.ts';

/** The payments core: the one path that every call of every wire takes. */
export interface Core {
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
   * Admits a request that is made of several calls: with the session that it answers, they are not
   * admitted again.
   */
  admit(caller: Caller, composite: Composite): Promise<Session>;
  /**
   * The error to answer to a request that a room refuses: settles first who calls and how often,
   * so that a malformed request takes rate-limit tokens too, then logs and counts it. An error
   * that core threw, and so has counted, comes back as it is.
   *
   * @param operation where the request names one: it then needs a key, as the operation does
   */
  refuse(caller: Caller, error: PaymentsError, operation?: OperationName): Promise<PaymentsError>;
  /** What has to be done between calls. */
  readonly background: readonly BackgroundWork[];
}

export function createCore(ports: Ports): Core {
  const { store, clock } = ports;
  const admission = createAdmission(ports);
  const cursors = createCursors(ports.cursorSecret);
  const feed = createEventFeed(store);
  const recorder = createRecorder(ports.record);
  const streams = countStreams();

  async function admitted(
    operation: Operations[OperationName],
    caller: Caller,
    nowMs: number,
    trace: Trace,
  ): Promise<Session> {
    const session = await admission.sessionOf(caller, nowMs);
    trace.merchantId = session.principal.merchantId;
    admission.authorise(session, operation.scope);
    await admission.charge(session, operation.price, caller);
    return session;
  }

  const contextOf = (session: Session, nowMs: number): Context => ({
    merchantId: session.principal.merchantId,
    principal: session.principal,
    nowMs,
    newId: ports.newId,
    cursors,
  });

  async function run(name: CallName, caller: Caller, given: unknown, trace: Trace) {
    const operation = operations[name];
    const nowMs = clock.now();
    const session = await admitted(operation, caller, nowMs, trace);
    const context = contextOf(session, nowMs);
    const input = validate(operation.input, given);
    if (operation.effect === 'read') {
      // The pair of operation and input is right by construction; a union of pairs cannot say so.
      const output: Promise<object> = operation.run(
        { ...context, read: store.of(context.merchantId) },
        input as never,
      );
      return paidBySize(output, (tokens) => admission.debit(session, tokens, caller));
    }
    const write = operation as Write<z.ZodType, { id: string }>;
    return runWrite(ports, write, context, caller, input);
  }

  /** What a stream holds until it ends: a place among those of its key, and an ear for its end. */
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

  async function watch(name: StreamName, caller: StreamCaller, given: unknown, trace: Trace) {
    const operation = operations[name];
    const nowMs = clock.now();
    const session = await admitted(operation, caller, nowMs, trace);
    const input = validate(operation.input, given);
    const { signal, release } = holdStream(session, caller.signal);
    try {
      const pace = (tokens: number) => admission.pace(session, tokens, signal);
      const read = store.of(session.principal.merchantId);
      const context = { ...contextOf(session, nowMs), read, feed, signal, pace };
      const stream = await operation.run(context, input);
      return guarded(stream, session.revocation, release, trace);
    } catch (error) {
      release();
      throw error;
    }
  }

  return {
    invoke: <Name extends CallName>(name: Name, caller: Caller, input: unknown) =>
      recorder.call(name, caller, (trace) => run(name, caller, input, trace)) as Promise<
        OutputOf<Name>
      >,

    watch: (name, caller, input) =>
      recorder.call(name, caller, (trace) => watch(name, caller, input, trace)),

    authenticate: (caller) =>
      recorder.failures('authenticate', caller, () => admission.sessionOf(caller, clock.now())),

    admit: (caller, composite) =>
      recorder.failures('admit', caller, async (trace) => {
        const session = await admission.sessionOf(caller, clock.now());
        trace.merchantId = session.principal.merchantId;
        return admission.admit(session, composite, caller);
      }),

    async refuse(caller, error, operation) {
      if (recorder.knows(error)) return error;
      const attempt = async (trace: Trace): Promise<never> => {
        // Tokens that were taken already pay for the failure too.
        if (!caller.receipt?.rate) {
          if (operation === undefined && !caller.session && caller.credential === undefined) {
            await admission.chargeFailure(caller);
          } else {
            const session = await admission.sessionOf(caller, clock.now());
            trace.merchantId = session.principal.merchantId;
            await admission.charge(session, 1, caller);
          }
        }
        throw error;
      };
      return recorder.failures(operation ?? 'none', caller, attempt).catch(toPaymentsError);
    },

    background: backgroundOf(ports),
  };
}

/** The answer once its size is paid for; one that was refused for its size was read as well. */
async function paidBySize<Output extends object>(
  output: Promise<Output>,
  debit: (tokens: number) => Promise<void>,
): Promise<Output> {
  try {
    const answer = await output;
    const tokens = tokensForSize(answer);
    if (tokens > 0) await debit(tokens);
    return answer;
  } catch (thrown) {
    const tokens = thrown instanceof PaymentsError ? tokensForSize(thrown) : 0;
    if (tokens > 0) await debit(tokens);
    throw thrown;
  }
}

/** The stream, failing where its key was revoked; what fails it is reported. */
function guarded(
  stream: EventStream,
  revocation: Revocation,
  release: () => void,
  { failed }: Trace,
): EventStream {
  async function* items(): AsyncGenerator<Event, void, void> {
    try {
      yield* stream;
      if (revocation.happened) throw revokedError();
    } catch (thrown) {
      throw failed(thrown);
    } finally {
      release();
    }
  }
  return withItems(stream, items());
}
