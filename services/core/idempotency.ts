import { hash } from 'node:crypto';
import type { z } from 'zod';
import type { Caller } from './caller.ts';
import { invalid, PaymentsError, requireWaiting } from './errors.ts';
import type { CallOutcome, IdempotencyRecord } from './idempotency-records.ts';
import type { Context, Settled, Write, WriteContext } from './operation.ts';
import type { Ports } from './ports.ts';
import type { MerchantTransaction } from './store.ts';
import { excerpt } from './validate.ts';

/** How long idempotency keys are remembered. */
const rememberedMs = 24 * 60 * 60 * 1000;
/** How long a call that waits for the card network owns its idempotency key. */
const leaseMs = 10_000;
const inFlightRetryMs = 1000;

/** A write with its idempotency key, ready for a transaction; `keyed` makes one. */
export interface Keyed<Schema extends z.ZodType, Output extends { readonly id: string }> {
  readonly operation: Write<Schema, Output>;
  readonly caller: Caller;
  readonly input: z.output<Schema>;
  readonly key: string;
  /** SHA-256 of operation and input. */
  readonly fingerprint: string;
  /** The operation's context, except its transaction. */
  readonly context: Omit<WriteContext, 'tx'>;
  /** Work to do once the transaction is durable. */
  readonly afterCommit: readonly (() => void)[];
}

/** What `begin` found for the key. */
export type Begun =
  | { readonly replay: CallOutcome }
  /** `cutOff`: the record of an earlier call, which this one continues. */
  | { readonly cutOff: IdempotencyRecord | undefined };

/** What `record` stored. */
export interface Recorded<Output> {
  readonly output: Output;
  readonly record: IdempotencyRecord;
  /** True if an earlier call with this key was cut off. */
  readonly again: boolean;
}

/**
 * Runs one write with its idempotency key: a replay, a refusal, or the effect. The record of the
 * key is committed together with the effect. If the card network is asked in between, the intent is
 * committed first, and the outcome after it.
 *
 * @throws PaymentsError
 */
export async function runWrite<Schema extends z.ZodType, Output extends { readonly id: string }>(
  ports: Ports,
  operation: Write<Schema, Output>,
  context: Context,
  caller: Caller,
  input: z.output<Schema>,
): Promise<Output> {
  const write = keyed(ports, operation, context, caller, input);
  const done = await ports.store.write(async (transaction) => {
    const tx = transaction.of(context.merchantId);
    const begun = await begin(tx, write);
    if ('replay' in begun) return begun;
    const output = await effect(tx, write, begun);
    return record(tx, write, begun, output);
  });
  for (const work of write.afterCommit) work();
  if ('replay' in done) return replayed(write, done.replay);
  return done.record.outcome ? done.output : settle(ports, write, done);
}

/** @throws PaymentsError `idempotency_key_missing`, `validation_failed` */
export function keyed<Schema extends z.ZodType, Output extends { readonly id: string }>(
  { authenticator, newSecret }: Ports,
  operation: Write<Schema, Output>,
  context: Context,
  caller: Caller,
  input: z.output<Schema>,
): Keyed<Schema, Output> {
  const afterCommit: (() => void)[] = [];
  return {
    operation,
    caller,
    input,
    key: requireIdempotencyKey(caller.idempotencyKey),
    fingerprint: hash('sha256', `${operation.name}\0${canonicalJson(input)}`),
    context: {
      ...context,
      precondition: {},
      authenticator,
      newSecret,
      afterCommit: (work) => afterCommit.push(work),
    },
    afterCommit,
  };
}

/**
 * Finds out whether the key is new, was cut off, or has its outcome already.
 *
 * @throws PaymentsError `idempotency_key_reused`, `idempotency_in_flight`; the signal's reason if
 *   the caller left while the call waited in the queue, which then has no effect
 */
export async function begin<Schema extends z.ZodType, Output extends { readonly id: string }>(
  tx: MerchantTransaction,
  { operation, caller, key, fingerprint, context: { nowMs } }: Keyed<Schema, Output>,
): Promise<Begun> {
  requireWaiting(caller.signal);
  const known = await tx.idempotencyRecord(key, nowMs);
  if (!known) return { cutOff: undefined };
  requireSameInput(known, fingerprint);
  if (known.outcome) return { replay: known.outcome };
  if (known.leaseUntil > nowMs || !operation.settlement) throw inFlightError(key);
  return { cutOff: known };
}

/**
 * Runs the operation, or continues the call that was cut off.
 *
 * @throws PaymentsError what the operation throws; `version_mismatch` if the caller expects a
 *   version of a resource without versions. Checked last, because a precondition counts only if the
 *   change would be made without it (RFC 9110 §13.2.1).
 */
export async function effect<Schema extends z.ZodType, Output extends { readonly id: string }>(
  tx: MerchantTransaction,
  { operation, caller, input, context }: Keyed<Schema, Output>,
  { cutOff }: Extract<Begun, { cutOff: unknown }>,
): Promise<Output> {
  const { settlement, takesVersion } = operation;
  if (cutOff && settlement) return settlement.resume({ ...context, tx }, cutOff.resourceId);
  const output = await operation.run({ ...context, tx, precondition: caller }, input);
  if (!takesVersion) refuseVersion(operation, caller);
  return output;
}

/** Stores the outcome of the key, or that the card network is still to be asked. */
export async function record<Schema extends z.ZodType, Output extends { readonly id: string }>(
  tx: MerchantTransaction,
  { operation, key, fingerprint, context: { nowMs } }: Keyed<Schema, Output>,
  { cutOff }: Extract<Begun, { cutOff: unknown }>,
  output: Output,
): Promise<Recorded<Output>> {
  const { settlement } = operation;
  const again = cutOff !== undefined;
  const open = settlement !== undefined && (again || settlement.charge(output) !== undefined);
  const kept: IdempotencyRecord = {
    key,
    fingerprint,
    outcome: open ? null : { ok: true, output: operation.remember?.(output) ?? output },
    resourceId: output.id,
    leaseUntil: open ? nowMs + leaseMs : 0,
    expiresAt: nowMs + rememberedMs,
  };
  await tx.putIdempotencyRecord(kept);
  return { output, record: kept, again };
}

/** Asks the card network outside every transaction, then commits its outcome. */
async function settle<Schema extends z.ZodType, Output extends { readonly id: string }>(
  { store, processor, clock }: Ports,
  { operation: { settlement }, caller, context }: Keyed<Schema, Output>,
  { output, record: kept, again }: Recorded<Output>,
): Promise<Output> {
  // Only a write with a settlement is recorded without its outcome.
  if (!settlement) return output;
  const asked = settlement.charge(output);
  const outcome = asked && (await processor.charge(asked, caller.signal));
  const { result } = await store.write(async (transaction) => {
    const tx = transaction.of(context.merchantId);
    const within = { ...context, tx, nowMs: clock.now() };
    const settled = await settlement.settle(within, output.id, outcome, again);
    await tx.putIdempotencyRecord(
      settled.final ? { ...kept, outcome: outcomeOf(settled) } : { ...kept, leaseUntil: 0 },
    );
    return settled;
  });
  if ('error' in result) throw result.error;
  return result.output;
}

/**
 * @throws PaymentsError `version_mismatch` if a version is required of a resource without versions
 */
function refuseVersion(
  { name }: Pick<Write<z.ZodType, { readonly id: string }>, 'name'>,
  { ifVersion, unlessVersion }: Caller,
): void {
  if (!ifVersion && unlessVersion !== 'any') return;
  throw new PaymentsError(
    'version_mismatch',
    `Expected no version with ${name}: what it changes has none.`,
    { metadata: { operation: name } },
  );
}

function requireIdempotencyKey(key: string | undefined): string {
  if (key === undefined || key === '') {
    // Includes the path, so that each wire uses its own name for the key.
    const { message, details } = invalid({
      path: ['idempotencyKey'],
      code: 'required',
      message: 'expected an idempotency key, which makes a retry of a write safe, got nothing',
    });
    throw new PaymentsError('idempotency_key_missing', message, details);
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

function outcomeOf({ result }: Settled<unknown>): CallOutcome {
  if ('output' in result) return { ok: true, output: result.output };
  const { code, message, details } = result.error;
  return { ok: false, code, message, details };
}

function replayed<Schema extends z.ZodType, Output extends { readonly id: string }>(
  { caller: { receipt } }: Keyed<Schema, Output>,
  outcome: CallOutcome,
): Output {
  if (receipt) receipt.replayed = true;
  if (!outcome.ok) throw new PaymentsError(outcome.code, outcome.message, outcome.details);
  // The record holds what this same operation, by its fingerprint, returned before.
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
