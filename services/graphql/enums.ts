import type { PaymentSort } from '../core/payments/store.ts';

/** Core's name of a value as GraphQL spells it: `payment.created` is `PAYMENT_CREATED`. */
export const enumName = (value: string): string => value.toUpperCase().replace(/[.:]/g, '_');

/** Core's values of an enum by their GraphQL names. */
export function enumValues<Value extends string>(
  values: readonly Value[],
): ReadonlyMap<string, Value> {
  return new Map(values.map((value) => [enumName(value), value]));
}

/** The sorts by their GraphQL names. */
export const sortNames: Readonly<Record<string, PaymentSort>> = {
  CREATED_AT_DESC: '-created_at',
  CREATED_AT_ASC: 'created_at',
  AMOUNT_DESC: '-amount',
  AMOUNT_ASC: 'amount',
};
