import type { z } from 'zod';
import type { Awaitable } from './awaitable.ts';
import type { Authenticator, Caller, Principal } from './caller.ts';
import type { PaymentsError } from './errors.ts';
import type { EventFeed } from './events/feed.ts';
import type { NewId } from './ids.ts';
import type { Scope } from './merchants/merchant.ts';
import type { Output, ResourceName, ValueOf } from './output.ts';
import type { AnswerSize, Cursors } from './page.ts';
import type { Charge, ChargeOutcome } from './processor/processor.ts';
import type { MerchantReads, MerchantTransaction } from './store.ts';

/** What a running operation knows of its call. */
export interface Context {
  readonly merchantId: string;
  readonly principal: Principal;
  /** When the call arrived, milliseconds since 1970 UTC. */
  readonly nowMs: number;
  readonly newId: NewId;
  readonly cursors: Cursors;
}

export interface ReadContext extends Context {
  readonly read: MerchantReads;
  readonly size: AnswerSize;
}

/** Both hold if omitted. */
export type Precondition = Pick<Caller, 'ifVersion' | 'unlessVersion'>;

export interface WriteContext extends Context {
  readonly tx: MerchantTransaction;
  readonly authenticator: Pick<Authenticator, 'revoke'>;
  /** The caller's preconditions on the version of the resource to change. */
  readonly precondition: Precondition;
  /** 32 random characters. */
  readonly newSecret: () => string;
  /** Runs `work` once this operation's transaction is durable, and not if it is undone. */
  readonly afterCommit: (work: () => void) => void;
}

export interface StreamContext extends Context {
  readonly read: MerchantReads;
  readonly feed: EventFeed;
  readonly signal: AbortSignal;
  /** Takes tokens from the caller's buckets, and waits if there are too few. */
  readonly pace: (tokens: number) => Promise<void>;
}

interface Declaration<Name extends string, Schema extends z.ZodType, Declared extends Output> {
  readonly name: Name;
  /** One sentence, in the contracts and the documentation. */
  readonly summary: string;
  readonly scope: Scope;
  /** Tokens taken from the key's bucket. */
  readonly tokens: number;
  readonly input: Schema;
  readonly output: Declared;
}

export interface ReadOperation<
  Name extends string,
  Schema extends z.ZodType,
  Declared extends Output,
> extends Declaration<Name, Schema, Declared> {
  readonly effect: 'read';
  run(context: ReadContext, input: z.output<Schema>): Awaitable<ValueOf<Declared>>;
}

/** The result of a charge: the output or the error to return, and whether that is final. */
export interface Settled<Output> {
  readonly result: { readonly output: Output } | { readonly error: PaymentsError };
  /** Final results are stored for the idempotency key; after others, the same key may try again. */
  readonly final: boolean;
}

/**
 * The part of a write that waits for the card network, outside every transaction. The intent is
 * committed before the network is asked; its outcome is committed after, together with the result
 * of the idempotency key.
 */
export interface Settlement<Output> {
  /** The charge to request; undefined if the output needs no charge. */
  charge(output: Output): Charge | undefined;
  /** Brings a payment whose first call was cut off back to the state in which `charge` applies. */
  resume(context: WriteContext, resourceId: string): Promise<Output>;
  /**
   * `outcome` is undefined if nothing was left to charge. `again`: an earlier call with the same
   * idempotency key has asked the network before.
   */
  settle(
    context: WriteContext,
    resourceId: string,
    outcome: ChargeOutcome | undefined,
    again: boolean,
  ): Promise<Settled<Output>>;
}

/** The part of a write that does not depend on what it returns. */
export interface Write<Schema extends z.ZodType, Value extends { readonly id: string }> {
  readonly name: string;
  /**
   * True if the resource has versions, so that callers can set preconditions on them. Otherwise a
   * write with a precondition is refused. Defaults to false.
   */
  readonly takesVersion?: boolean;
  /** Everything here is one transaction, with the idempotency record and the events. */
  run(context: WriteContext, input: z.output<Schema>): Promise<Value>;
  readonly settlement?: Settlement<Value>;
  /** The output as stored for replays, if it holds something that must not be stored. */
  remember?(output: Value): Value;
}

/** A write returns the resource that it made or changed. */
type Written = Output<'one' | 'created', Exclude<ResourceName, 'event'>>;

export interface WriteOperation<
  Name extends string,
  Schema extends z.ZodType,
  Declared extends Written,
> extends Declaration<Name, Schema, Declared>,
    Write<Schema, ValueOf<Declared>> {
  readonly name: Name;
  readonly effect: 'write';
}

export interface StreamOperation<
  Name extends string,
  Schema extends z.ZodType,
  Declared extends Output,
  Stream extends ValueOf<Declared>,
> extends Declaration<Name, Schema, Declared> {
  readonly effect: 'stream';
  /** Resolves when subscribed. */
  run(context: StreamContext, input: z.output<Schema>): Promise<Stream>;
}

export const readOperation = <
  Name extends string,
  Schema extends z.ZodType,
  Declared extends Output<'one' | 'page' | 'batch' | 'list'>,
>(
  operation: Omit<ReadOperation<Name, Schema, Declared>, 'effect'>,
): ReadOperation<Name, Schema, Declared> => ({ ...operation, effect: 'read' });

export const writeOperation = <
  Name extends string,
  Schema extends z.ZodType,
  Declared extends Written,
>(
  operation: Omit<WriteOperation<Name, Schema, Declared>, 'effect'>,
): WriteOperation<Name, Schema, Declared> => ({ ...operation, effect: 'write' });

export const streamOperation = <
  Name extends string,
  Schema extends z.ZodType,
  Declared extends Output<'stream'>,
  Stream extends ValueOf<Declared>,
>(
  operation: Omit<StreamOperation<Name, Schema, Declared, Stream>, 'effect'>,
): StreamOperation<Name, Schema, Declared, Stream> => ({ ...operation, effect: 'stream' });
