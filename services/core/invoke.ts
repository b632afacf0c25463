import type { z } from 'zod';
import { PaymentsError, toPaymentsError } from './errors.ts';
import type { Event } from './events/event.ts';
import { createEventFeed } from './events/feed.ts';
import { runWrite } from './idempotency.ts';
import { createKeyring } from './merchants/keyring.ts';
import type { Scope, StoredApiKey } from './merchants/merchant.ts';
import type { Context, WriteOperation } from './operation.ts';
import {
  type CallName,
  type OperationName,
  type Operations,
  type OutputOf,
  operations,
  type StreamName,
} from './operations.ts';
import { createCursors } from './page.ts';
import { settlePayment } from './payments/operations.ts';
import type { Ports, RateState } from './ports.ts';
import { validate } from './validate.ts';

const settledAtOnce = 100;
/** A key found good, for wires that authenticate once and call many times. */
export interface Session {
  readonly key: StoredApiKey;
  /** Aborts when the key is revoked. */
  readonly revoked: AbortSignal;
  /** True where the price of all calls was taken by `admit`. */
  readonly prepaid: boolean;
}

/** What `invoke` learnt on the way, whether the call succeeded or not; made by the room. */
export interface Receipt {
  /** The answer is that of an earlier call with the same idempotency key. */
  replayed?: boolean;
  rate?: RateState;
}

/** Who calls, and how; each room makes one from its own request. */
export interface Caller {
  /** The bearer token as it was presented. */
  readonly credential?: string | undefined;
  /** Takes the place of the credential. */
  readonly session?: Session | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly requestId: string;
  /** W3C Trace Context. */
  readonly traceparent?: string | undefined;
  /** Dated version of the contract that the client asked for. */
  readonly version?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly receipt?: Receipt | undefined;
}

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
  watch(name: StreamName, caller: Caller, input: unknown): Promise<AsyncIterable<Event>>;
  /** For wires that authenticate once. @throws PaymentsError `unauthenticated` */
  authenticate(credential: string | undefined): Promise<Session>;
  /** Authenticates, and takes the price of several calls at once: those are not admitted again. */
  admit(caller: Caller, price: number): Promise<Session>;
  /** Asks the card network again for the payments whose time has come; returns how many. */
  settleDue(): Promise<number>;
}

export function createCore(ports: Ports): Core {
  const { store, clock, limiter, processor } = ports;
  const keyring = createKeyring(store.read);
  const cursors = createCursors(ports.cursorSecret);
  const feed = createEventFeed(store);

  async function sessionOf(caller: Caller, nowMs: number): Promise<Session> {
    const { session } = caller;
    if (!session) {
      const { key, revoked } = await keyring.find(caller.credential, nowMs);
      return { key, revoked, prepaid: false };
    }
    if (session.revoked.aborted) throw revokedError();
    return session;
  }

  function authorise({ key }: Session, scope: Scope): void {
    if (key.scopes.includes(scope)) return;
    throw new PaymentsError(
      'permission_denied',
      `Expected a key with the scope ${scope}, got one with ${key.scopes.join(', ')}.`,
      { metadata: { scope } },
    );
  }

  async function charge(session: Session, price: number, caller: Caller): Promise<void> {
    if (session.prepaid) return;
    // A full bucket must do for any call: a price above it would never be let through.
    const rate = await limiter.take(session.key, Math.min(price, session.key.burst));
    if (caller.receipt) caller.receipt.rate = rate;
    if (rate.allowed) return;
    throw new PaymentsError(
      'rate_limited',
      `Expected at most ${session.key.ratePerSecond} requests a second; try again in ${rate.retryAfterMs} ms.`,
      {
        retryAfterMs: rate.retryAfterMs,
        metadata: { limit: String(rate.limit), ratePerSecond: String(session.key.ratePerSecond) },
      },
    );
  }

  async function admitted(
    operation: Operations[OperationName],
    caller: Caller,
    nowMs: number,
  ): Promise<Session> {
    const session = await sessionOf(caller, nowMs);
    authorise(session, operation.scope);
    await charge(session, operation.price, caller);
    return session;
  }

  const contextOf = (session: Session, nowMs: number): Context => ({
    merchantId: session.key.merchantId,
    nowMs,
    newId: ports.newId,
    cursors,
  });

  async function run(name: CallName, caller: Caller, given: unknown, trace: Trace) {
    const operation = operations[name];
    const nowMs = clock.now();
    const session = await admitted(operation, caller, nowMs);
    trace.merchantId = session.key.merchantId;
    const context = contextOf(session, nowMs);
    const input = validate(operation.input, given);
    if (operation.effect === 'read') {
      // The pair of operation and input is right by construction; a union of pairs cannot say so.
      return operation.run({ ...context, read: store.read }, input as never);
    }
    const write = operation as WriteOperation<string, z.ZodType, { id: string }>;
    return runWrite(ports, keyring, write, context, caller, input);
  }

  /** Tells the log and the metrics how a call ended. */
  async function recorded<Result>(
    operation: OperationName,
    caller: Caller,
    work: (trace: Trace) => Promise<Result>,
  ): Promise<Result> {
    const trace: Trace = { merchantId: undefined };
    const startedMs = performance.now();
    const record = (code: 'ok' | PaymentsError['code'], cause?: unknown) =>
      ports.record?.({
        operation,
        code,
        requestId: caller.requestId,
        traceparent: caller.traceparent,
        merchantId: trace.merchantId,
        durationMicros: Math.round((performance.now() - startedMs) * 1000),
        cause,
      });
    try {
      const result = await work(trace);
      record('ok');
      return result;
    } catch (thrown) {
      const error = toPaymentsError(thrown);
      record(error.code, error.cause);
      throw error;
    }
  }

  return {
    invoke: <Name extends CallName>(name: Name, caller: Caller, input: unknown) =>
      recorded(name, caller, (trace) => run(name, caller, input, trace)) as Promise<OutputOf<Name>>,

    watch: (name, caller, given) =>
      recorded(name, caller, async (trace) => {
        const operation = operations[name];
        const nowMs = clock.now();
        const session = await admitted(operation, caller, nowMs);
        trace.merchantId = session.key.merchantId;
        const input = validate(operation.input, given);
        const { revoked } = session;
        const signal = caller.signal ? AbortSignal.any([caller.signal, revoked]) : revoked;
        const context = contextOf(session, nowMs);
        const events = await operation.run({ ...context, read: store.read, feed, signal }, input);
        return untilRevoked(events, revoked);
      }),

    async authenticate(credential) {
      const { key, revoked } = await keyring.find(credential, clock.now());
      return { key, revoked, prepaid: false };
    },

    async admit(caller, price) {
      const session = await sessionOf(caller, clock.now());
      await charge(session, price, caller);
      return { ...session, prepaid: true };
    },

    async settleDue() {
      const due = await store.duePayments(clock.now(), settledAtOnce);
      const settleOne = async ({ merchantId, payment }: (typeof due)[number]) => {
        const asked = operations.createPayment.settlement?.charge(payment);
        if (!asked) return;
        const outcome = await processor.lookUp(asked);
        await store.write(async (tx) => {
          const current = await tx.payment(merchantId, payment.id);
          if (current?.status !== 'processing') return;
          const context = { tx, merchantId, nowMs: clock.now(), newId: ports.newId };
          await settlePayment(context, current, outcome);
        });
      };
      await Promise.all(due.map(settleOne));
      return due.length;
    },
  };
}

interface Trace {
  merchantId: string | undefined;
}

const revokedError = () => new PaymentsError('unauthenticated', 'The API key was revoked.');

async function* untilRevoked<Item>(
  items: AsyncIterable<Item>,
  revoked: AbortSignal,
): AsyncGenerator<Item, void, void> {
  yield* items;
  if (revoked.aborted) throw revokedError();
}
