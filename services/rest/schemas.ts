import { z } from 'zod';
import { errorCodes } from '../core/errors.ts';
import { type EventKind, eventKinds, eventTypes } from '../core/events/event.ts';
import { scopes } from '../core/merchants/merchant.ts';
import { currencySchema } from '../core/money.ts';
import type { ResourceName } from '../core/output.ts';
import {
  captureMethods,
  declineCodes,
  paymentMethods,
  paymentStatuses,
} from '../core/payments/payment.ts';
import type {
  CreatedKeyJson,
  CustomerJson,
  EventJson,
  KeyJson,
  PaymentJson,
  RefundJson,
} from '../wire/json.ts';
import type { Problem } from '../wire/problem.ts';

/**
 * The response bodies of this room, as schemas: OpenAPI is made from them, and tests check
 * responses against them.
 */

const time = z.iso.datetime();
const metadata = z.record(z.string(), z.string());
const links = z.record(z.string(), z.string());
const minorUnits = z.int().meta({ description: 'Minor units of the currency (ISO 4217).' });

export const customerSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  country: z.string().nullable(),
  metadata,
  created_at: time,
  links,
}) satisfies z.ZodType<CustomerJson>;

export const refundSchema = z.strictObject({
  id: z.string(),
  payment: z.string(),
  amount: minorUnits,
  currency: currencySchema,
  reason: z.string().nullable(),
  created_at: time,
  links,
}) satisfies z.ZodType<RefundJson>;

export const paymentSchema = z.strictObject({
  id: z.string(),
  amount: minorUnits,
  amount_captured: minorUnits,
  amount_refunded: minorUnits,
  currency: currencySchema,
  status: z.enum(paymentStatuses),
  capture_method: z.enum(captureMethods),
  customer: z.string().nullable(),
  payment_method: z.enum(paymentMethods),
  description: z.string().nullable(),
  metadata,
  failure: z.strictObject({ code: z.enum(declineCodes), message: z.string() }).nullable(),
  created_at: time,
  updated_at: time,
  version: z.int().meta({ description: 'Counts the changes, from 1.' }),
  links: links.meta({
    description:
      'The resource itself, those that belong to it, and the operations that its state allows now.',
  }),
}) satisfies z.ZodType<PaymentJson>;

const eventResources: Readonly<Record<EventKind, z.ZodType>> = {
  payment: paymentSchema,
  refund: refundSchema,
  customer: customerSchema,
};

export const eventSchema = z.strictObject({
  id: z.string(),
  sequence: z.int().meta({ description: "Counts the merchant's events, from 1 without a gap." }),
  type: z.enum(eventTypes),
  created_at: time,
  // The type of a union that is made in a loop cannot name its members.
  data: z.union(
    eventKinds.map((kind) => z.strictObject({ [kind]: eventResources[kind] })),
  ) as unknown as z.ZodType<EventJson['data']>,
}) satisfies z.ZodType<EventJson>;

export const keySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  rate_per_second: z.int(),
  burst: z.int(),
  created_at: time,
  revoked_at: time.nullable(),
}) satisfies z.ZodType<KeyJson>;

export const createdKeySchema = keySchema.extend({
  secret: z.string().nullable().meta({ description: 'Returned only once; null in a replay.' }),
}) satisfies z.ZodType<CreatedKeyJson>;

export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().exactOptional(),
  code: z.enum(errorCodes),
  request_id: z.string(),
  retryable: z.boolean(),
  retry_after_ms: z.int().exactOptional(),
  metadata: metadata.exactOptional(),
  errors: z
    .array(
      z.strictObject({
        pointer: z.string().meta({ description: 'JSON Pointer as a URI fragment (RFC 6901 §6).' }),
        code: z.string(),
        detail: z.string(),
      }),
    )
    .exactOptional(),
}) satisfies z.ZodType<Problem>;

/** A page inside of another response; the list of the same items continues after `next_cursor`. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    data: z.array(item),
    has_more: z.boolean().meta({
      description: 'Whether another page follows. Until then a page may be short, or empty.',
    }),
    next_cursor: z.string().nullable(),
  });
}

/** A page of a list; `links` has `self`, `first` and, if there is more, `next`. */
export const pageSchema = <Item extends z.ZodType>(item: Item) => pageOf(item).extend({ links });

/** A payment with `?expand=`: the customer instead of its id, the refunds beside the rest. */
export const expandedPaymentSchema = paymentSchema.extend({
  customer: z.union([z.string(), customerSchema]).nullable(),
  refunds: pageSchema(refundSchema).exactOptional(),
});

export const expandedRefundSchema = refundSchema.extend({
  payment: z.union([
    z.string(),
    paymentSchema.extend({ customer: z.union([z.string(), customerSchema]).nullable() }),
  ]),
});

export const expandedCustomerSchema = customerSchema.extend({
  payments: pageSchema(expandedPaymentSchema).exactOptional(),
});

/** With `?fields=`: the named fields, and whatever was expanded. */
export const selectedPaymentSchema = expandedPaymentSchema.partial();
export const selectedRefundSchema = expandedRefundSchema.partial();
export const selectedCustomerSchema = expandedCustomerSchema.partial();
export const selectedEventSchema = eventSchema.partial();

/** A resource as it is, with what `?expand=` can add, and without what `?fields=` can leave out. */
interface ResourceSchemas {
  readonly plain: z.ZodObject;
  readonly expanded?: z.ZodObject;
  readonly selected?: z.ZodObject;
}

export const resourceSchemas: Readonly<Record<ResourceName, ResourceSchemas>> = {
  payment: {
    plain: paymentSchema,
    expanded: expandedPaymentSchema,
    selected: selectedPaymentSchema,
  },
  refund: {
    plain: refundSchema,
    expanded: expandedRefundSchema,
    selected: selectedRefundSchema,
  },
  customer: {
    plain: customerSchema,
    expanded: expandedCustomerSchema,
    selected: selectedCustomerSchema,
  },
  event: { plain: eventSchema, selected: selectedEventSchema },
  key: { plain: keySchema },
  createdKey: { plain: createdKeySchema },
};

/** The names that `?fields=` accepts for a resource. */
export const fieldsOf = (resource: ResourceName): readonly string[] =>
  Object.keys(resourceSchemas[resource].plain.shape);
