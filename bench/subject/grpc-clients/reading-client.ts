import { type Client, callsOf, streamsOf } from '../../../services/core/client.ts';
import type { Currency } from '../../../services/core/money.ts';
import {
  captureMethods,
  declineCodes,
  type Payment,
  type PaymentMethod,
  paymentStatuses,
} from '../../../services/core/payments/payment.ts';

/** A 64-bit integer, as protobufjs (an object) or `@bufbuild/protobuf` (a bigint) reads it. */
type Long = { toString(): string };

interface TimeMessage {
  readonly seconds: Long;
  readonly nanos: number;
}

/** A payment as code for its message reads it: enums are numbers. */
export interface PaymentMessage {
  readonly id: string;
  readonly amount: Long;
  readonly amountCaptured: Long;
  readonly amountRefunded: Long;
  readonly currency: string;
  readonly status: number;
  readonly captureMethod: number;
  readonly customer?: string | null;
  readonly paymentMethod: string;
  readonly description?: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly failure?: { readonly code: number; readonly message: string } | null;
  readonly createdAt?: TimeMessage | null;
  readonly updatedAt?: TimeMessage | null;
  readonly version: Long;
}

/** The contract's enums number the words of core from 1; 0 is "unspecified". */
function wordOf<Word extends string>(words: readonly Word[], value: number): Word {
  const word = words[value - 1];
  if (word === undefined) throw new Error(`Expected 1 to ${words.length}, got ${value}.`);
  return word;
}

function timeOf(time: TimeMessage | null | undefined): number {
  if (!time) throw new Error('Expected a timestamp, got none.');
  return Number(time.seconds.toString()) * 1000 + time.nanos / 1e6;
}

export const paymentOf = (message: PaymentMessage): Payment => ({
  id: message.id,
  amount: Number(message.amount.toString()),
  amountCaptured: Number(message.amountCaptured.toString()),
  amountRefunded: Number(message.amountRefunded.toString()),
  // The server only sends values of the core.
  currency: message.currency as Currency,
  status: wordOf(paymentStatuses, message.status),
  captureMethod: wordOf(captureMethods, message.captureMethod),
  customer: message.customer ?? null,
  paymentMethod: message.paymentMethod as PaymentMethod,
  description: message.description ?? null,
  metadata: { ...message.metadata },
  failure: message.failure
    ? { code: wordOf(declineCodes, message.failure.code), message: message.failure.message }
    : null,
  createdAt: timeOf(message.createdAt),
  updatedAt: timeOf(message.updatedAt),
  version: Number(message.version.toString()),
});

/** A client that reads payments, and refuses every other call. */
export function readingClient(
  read: (id: string) => Promise<PaymentMessage>,
  close: () => void,
): Client {
  const refuse = (): Promise<never> =>
    Promise.reject(new Error('Expected a read of a payment: this client has no other call.'));
  return {
    ...callsOf(() => refuse),
    ...streamsOf(() => refuse),
    getPayment: async ({ id }) => paymentOf(await read(id)),
    close: async () => close(),
  };
}

/** The items in turn, for ever. */
export function inTurn<Item>(items: readonly Item[]): () => Item {
  let turn = 0;
  return () => {
    turn = (turn + 1) % items.length;
    // The remainder is an index of the list.
    return items[turn] as Item;
  };
}
