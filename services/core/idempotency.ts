import { hash } from 'node:crypto';
import type { z } from 'zod';
import type { Caller } from './caller.ts';
import { invalid, PaymentsError, requireWaiting } from './errors.ts';
import type { Context, Precondition, Settled, Write, WriteContext } from './operation.ts';
import type { IdempotencyRecord, Outcome, Ports, Transaction } from './ports.ts';
import { excerpt } from './validate.ts';

/** Idempotency keys are remembered this long. */
const rememberedMs = 24 * 60 * 60 * 1000;
/** A call that waits for the card network owns its idempotency key this long. */
const leaseMs = 10_000;
const inFlightRetryMs = 1000;

/** What the first transaction of a write came to. */
type Begun<Output> =
  | { readonly replay: Outcome }
  | {
      readonly output: Output;
      readonly record: IdempotencyRecord;
      /** The card network is to be asked before the outcome is known. */
      readonly open: boolean;
      /** An earlier call with this key was cut off, and this one takes it up. */
      readonly again: boolean;
    };

/**
 * Runs one write with its idempotency key: a replay, a refusal, or the effect. The record of the
 * key is committed together with the effect; where the card network is asked in between, first the
 * intent is, and then the answer.
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
  const { merchantId, nowMs } = context;
  const { store, authenticator, processor, clock, newSecret } = ports;
  const key = requireIdempotencyKey(caller.idempotencyKey);
  const fingerprint = hash('sha256', `${operation.name}\0${canonicalJson(input)}`);
  const { settlement } = operation;

  const afterCommit: (() => void)[] = [];
  const within = (tx: Transaction, at: number, precondition: Precondition = {}): WriteContext => ({
    ...context,
    precondition,
    nowMs: at,
    tx,
    authenticator,
    newSecret,
    afterCommit: (work) => afterCommit.push(work),
  });

  const begun = await store.write(async (tx): Promise<Begun<Output>> => {
    // A call that waited in the queue until its caller was gone has no effect.
    requireWaiting(caller.signal);
    const known = await tx.idempotencyRecord(merchantId, key, nowMs);
    if (known) {
      requireSameInput(known, fingerprint);
      if (known.outcome) return { replay: known.outcome };
      if (known.leaseUntil > nowMs || !settlement) throw inFlightError(key);
    }
    const output =
      known && settlement
        ? await settlement.resume(within(tx, nowMs), known.resourceId)
        : await operation.run(within(tx, nowMs, caller), input);
    const again = known !== undefined;
    const open = settlement !== undefined && (again || settlement.charge(output) !== undefined);
    const record: IdempotencyRecord = {
      key,
      fingerprint,
      outcome: open ? null : { ok: true, output: operation.remember?.(output) ?? output },
      resourceId: output.id,
      leaseUntil: open ? nowMs + leaseMs : 0,
      expiresAt: nowMs + rememberedMs,
    };
    await tx.putIdempotencyRecord(merchantId, record);
    return { output, open, record, again };
  });
  for (const work of afterCommit) work();

  if ('replay' in begun) {
    if (caller.receipt) caller.receipt.replayed = true;
    return replayed<Output>(begun.replay);
  }
  const { output, open, record, again } = begun;
  if (!open || !settlement) return output;

  const asked = settlement.charge(output);
  const outcome = asked && (await processor.charge(asked, caller.signal));
  const { result } = await store.write(async (tx) => {
    const settled = await settlement.settle(within(tx, clock.now()), output.id, outcome, again);
    await tx.putIdempotencyRecord(
      merchantId,
      settled.final ? { ...record, outcome: outcomeOf(settled) } : { ...record, leaseUntil: 0 },
    );
    return settled;
  });
  if ('error' in result) throw result.error;
  return result.output;
}

function requireIdempotencyKey(key: string | undefined): string {
  if (key === undefined || key === '') {
    // With its path, so that each wire says what it calls the key.
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
