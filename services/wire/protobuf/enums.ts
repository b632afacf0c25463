import { type EventType, eventTypes } from '../../core/events/event.ts';
import { type Scope, scopes } from '../../core/merchants/merchant.ts';
import {
  type CaptureMethod,
  captureMethods,
  type DeclineCode,
  declineCodes,
  type PaymentStatus,
  paymentStatuses,
} from '../../core/payments/payment.ts';
import type { PaymentSort } from '../../core/payments/store.ts';

type Replaced<
  Text extends string,
  Mark extends string,
> = Text extends `${infer Head}${Mark}${infer Tail}` ? `${Head}_${Replaced<Tail, Mark>}` : Text;

type NameOf<Prefix extends string, Word extends string> = Word extends string
  ? `${Prefix}_${Uppercase<Replaced<Replaced<Word, '.'>, ':'>>}`
  : never;

/** A closed set of the core's words and the names of the equivalent proto enum. */
export interface WireEnum<Prefix extends string, Word extends string> {
  readonly names: Readonly<Record<Word, NameOf<Prefix, Word>>>;
  /**
   * The word of a name in a request. Undefined for `…_UNSPECIFIED`; the number itself if the
   * contract has no such value, so that the operation's schema refuses it with the rest.
   */
  given(name: NameOf<Prefix, Word> | `${Prefix}_UNSPECIFIED`): Word | undefined;
  /**
   * The word of a name in a response. A value of a newer contract is passed on as the wire has it,
   * for example as its number, so that it does not end a stream.
   */
  answered(name: NameOf<Prefix, Word> | `${Prefix}_UNSPECIFIED`): Word;
}

/**
 * Converts names: `payment.created` with the prefix `EVENT_TYPE` is `EVENT_TYPE_PAYMENT_CREATED`,
 * and so on.
 */
function wireEnum<const Prefix extends string, Word extends string>(
  prefix: Prefix,
  words: readonly Word[],
): WireEnum<Prefix, Word> {
  const nameOf = (word: string) => `${prefix}_${word.replace(/[.:]/g, '_').toUpperCase()}`;
  const byName = new Map<unknown, Word>(words.map((word) => [nameOf(word), word]));
  const unspecified = `${prefix}_UNSPECIFIED`;
  return {
    // Object.fromEntries cannot express that the keys are exactly the words.
    names: Object.fromEntries(words.map((word) => [word, nameOf(word)])) as Record<
      Word,
      NameOf<Prefix, Word>
    >,
    // proto-loader returns a number if it finds no name, which its types do not declare.
    given: (name) => (name === unspecified ? undefined : (byName.get(name) ?? (name as Word))),
    // The type has the words of this contract; code that switches over them needs a default.
    answered: (name) => byName.get(name) ?? (String(name) as Word),
  };
}

export const paymentStatus: WireEnum<'PAYMENT_STATUS', PaymentStatus> = wireEnum(
  'PAYMENT_STATUS',
  paymentStatuses,
);
export const captureMethod: WireEnum<'CAPTURE_METHOD', CaptureMethod> = wireEnum(
  'CAPTURE_METHOD',
  captureMethods,
);
export const declineCode: WireEnum<'DECLINE_CODE', DeclineCode> = wireEnum(
  'DECLINE_CODE',
  declineCodes,
);
export const eventType: WireEnum<'EVENT_TYPE', EventType> = wireEnum('EVENT_TYPE', eventTypes);
export const scope: WireEnum<'SCOPE', Scope> = wireEnum('SCOPE', scopes);

/** How `order_by` expresses the core's orders (AIP-132). */
export const paymentOrders: Readonly<Record<PaymentSort, string>> = {
  created_at: 'created_at',
  '-created_at': 'created_at desc',
  amount: 'amount',
  '-amount': 'amount desc',
};
