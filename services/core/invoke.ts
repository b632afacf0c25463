import { hash } from 'node:crypto';
import type { z } from 'zod';
import { invalid, PaymentsError, toPaymentsError, type Violation } from './errors.ts';
import type { Event } from './events/event.ts';
import { createEventFeed } from './events/feed.ts';
import { createKeyring } from './merchants/keyring.ts';
import type { Scope, StoredApiKey } from './merchants/merchant.ts';
import type { Context, Settled, WriteContext, WriteOperation } from './operation.ts';
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
import type { IdempotencyRecord, Outcome, Ports, RateState, Transaction } from './ports.ts';

/** Idempotency keys are remembered this long. */
const rememberedMs = 24 * 60 * 60 * 1000;
/** A call that waits for the card network owns its idempotency key this long. */
const leaseMs = 10_000;
const inFlightRetryMs = 1000;
const settledAtOnce = 100;
/** Faults told at once: all of an honest mistake, and not a megabyte about a hostile input. */
const violationsAtOnce = 32;

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

  /** Runs one write with its idempotency key: a replay, a refusal, or the effect and its record. */
  async function runWrite<Schema extends z.ZodType, Output extends { readonly id: string }>(
    operation: WriteOperation<string, Schema, Output>,
    context: Context,
    caller: Caller,
    input: z.output<Schema>,
  ): Promise<Output> {
    const { merchantId, nowMs } = context;
    const key = requireIdempotencyKey(caller.idempotencyKey);
    const fingerprint = hash('sha256', `${operation.name}\0${canonicalJson(input)}`);
    const { settlement } = operation;

    let afterCommit: (() => void) | undefined;
    const writeContext = (tx: Transaction, at: number): WriteContext => ({
      ...context,
      nowMs: at,
      tx,
      keyring,
      newSecret: ports.newSecret,
      afterCommit: (work) => {
        afterCommit = work;
      },
    });

    const begun = await store.write(async (tx) => {
      const known = await tx.idempotencyRecord(merchantId, key, nowMs);
      if (known) {
        requireSameInput(known, fingerprint);
        if (known.outcome) return { replay: known.outcome };
        if (known.leaseUntil > nowMs || !settlement) throw inFlightError(key);
      }
      const output =
        known && settlement
          ? await settlement.resume(writeContext(tx, nowMs), known.resourceId)
          : await operation.run(writeContext(tx, nowMs), input);
      const open = settlement !== undefined && (known || settlement.charge(output)) !== undefined;
      const record: IdempotencyRecord = {
        key,
        fingerprint,
        outcome: open ? null : { ok: true, output: operation.remember?.(output) ?? output },
        resourceId: output.id,
        leaseUntil: open ? nowMs + leaseMs : 0,
        expiresAt: nowMs + rememberedMs,
      };
      await tx.putIdempotencyRecord(merchantId, record);
      return { output, open, record, again: known !== undefined };
    });
    afterCommit?.();

    if ('replay' in begun) {
      if (caller.receipt) caller.receipt.replayed = true;
      return replayed<Output>(begun.replay);
    }
    const { output, open, record, again } = begun;
    if (!open || !settlement) return output;

    const asked = settlement.charge(output);
    const outcome = asked && (await processor.charge(asked, caller.signal));
    const settled = await store.write(async (tx) => {
      const at = writeContext(tx, clock.now());
      const result = await settlement.settle(at, output.id, outcome, again);
      await tx.putIdempotencyRecord(
        merchantId,
        result.final ? { ...record, outcome: outcomeOf(result) } : { ...record, leaseUntil: 0 },
      );
      return result;
    });
    if ('error' in settled.result) throw settled.result.error;
    return settled.result.output;
  }

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
    return runWrite(
      operation as WriteOperation<string, z.ZodType, { id: string }>,
      context,
      caller,
      input,
    );
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

/**
 * The input as the operation takes it.
 * @throws PaymentsError `validation_failed`, with all faults at once
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(given);
  const dropped = droppedPairs(given);
  if (parsed.success && dropped.length === 0) return parsed.data;
  const issues = parsed.success ? [] : parsed.error.issues;
  const violations = [...dropped, ...issues.flatMap((issue) => violationsOf(issue, given))];
  throw invalid(...violations.slice(0, violationsAtOnce));
}

/** A pair named `__proto__` would be dropped without a word; JSON and maps can carry one. */
function droppedPairs(given: unknown): Violation[] {
  if (typeof given !== 'object' || given === null) return [];
  const faults: Violation[] = [];
  for (const [field, value] of Object.entries(given)) {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) {
      const path = [field, '__proto__'];
      faults.push({ path, code: 'unknown_field', message: 'expected no such field' });
    }
  }
  return faults;
}

function violationsOf(issue: z.core.$ZodIssue, given: unknown): Violation[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      code: 'unknown_field',
      message: 'expected no such field',
    }));
  }
  const value = path.reduce<unknown>((at, step) => (at as Record<string, unknown>)?.[step], given);
  const missing = value === undefined;
  const expected = issue.message
    .replace(/^Invalid input: /, '')
    .replace(/^Invalid option: /, '')
    .replace(/, received .*$/, '');
  return [
    {
      path,
      code: missing ? 'required' : issue.code === 'custom' ? 'invalid' : issue.code,
      message: `${expected}, got ${missing ? 'nothing' : excerpt(value)}`,
    },
  ];
}

function excerpt(value: unknown): string {
  const text =
    typeof value === 'object' && value !== null
      ? Array.isArray(value)
        ? 'a list'
        : 'an object'
      : String(JSON.stringify(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function requireIdempotencyKey(key: string | undefined): string {
  if (key === undefined || key === '') {
    throw new PaymentsError(
      'idempotency_key_missing',
      'Expected an idempotency key: every write takes one, so that a retry is safe.',
    );
  }
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw invalid({
      path: ['idempotencyKey'],
      code: 'invalid_format',
      message: `expected 1 to 255 visible ASCII characters, got ${excerpt(key)}`,
    });
  }
  return key;
}

function requireSameInput(known: IdempotencyRecord, fingerprint: string): void {
  if (known.fingerprint === fingerprint) return;
  throw new PaymentsError(
    'idempotency_key_reused',
    `Expected the input that the idempotency key '${known.key}' was first used with, got another.`,
    { metadata: { idempotencyKey: known.key } },
  );
}

const inFlightError = (key: string) =>
  new PaymentsError(
    'idempotency_in_flight',
    `The first call with the idempotency key '${key}' has not ended yet.`,
    { retryAfterMs: inFlightRetryMs, metadata: { idempotencyKey: key } },
  );

function outcomeOf({ result }: Settled<unknown>): Outcome {
  if ('output' in result) return { ok: true, output: result.output };
  const { code, message, details } = result.error;
  return { ok: false, code, message, details };
}

function replayed<Output>(outcome: Outcome): Output {
  if (!outcome.ok) throw new PaymentsError(outcome.code, outcome.message, outcome.details);
  // The record holds what this same operation, by its fingerprint, answered before.
  return outcome.output as Output;
}

/** JSON with the keys of every object sorted: equal values give equal texts. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
