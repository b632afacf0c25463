import type { Customer } from '../core/customers/customer.ts';
import type { Event } from '../core/events/event.ts';
import type { IdempotencyRecord } from '../core/idempotency-records.ts';
import type { StoredApiKey } from '../core/merchants/merchant.ts';
import type { Payment, PaymentFailure } from '../core/payments/payment.ts';
import type { Refund } from '../core/refunds/refund.ts';
import type {
  ApiKeyRow,
  ApiKeyTable,
  CustomerRow,
  CustomerTable,
  EventRow,
  EventTable,
  IdempotencyRow,
  IdempotencyTable,
  PaymentRow,
  PaymentTable,
  RefundRow,
  RefundTable,
} from './schema.ts';

/**
 * Rows to values of the core and back. Casts narrow a text to the union that the core wrote there.
 */

/** Most resources have none, and parsing would cost as much as a quarter of the read. */
const metadataOf = (text: string): Readonly<Record<string, string>> =>
  text === '{}' ? {} : JSON.parse(text);

export const toPayment = (row: PaymentRow): Payment => ({
  id: row[0],
  amount: row[1],
  amountCaptured: row[2],
  amountRefunded: row[3],
  currency: row[4] as Payment['currency'],
  status: row[5] as Payment['status'],
  captureMethod: row[6] as Payment['captureMethod'],
  customer: row[7],
  paymentMethod: row[8] as Payment['paymentMethod'],
  description: row[9],
  metadata: metadataOf(row[10]),
  failure:
    row[11] === null ? null : { code: row[11] as PaymentFailure['code'], message: row[12] ?? '' },
  createdAt: row[13],
  updatedAt: row[14],
  version: row[15],
});

export const fromPayment = (
  merchantId: string,
  payment: Payment,
  settleAt: number | null,
): PaymentTable => ({
  merchant_id: merchantId,
  id: payment.id,
  amount: payment.amount,
  amount_captured: payment.amountCaptured,
  amount_refunded: payment.amountRefunded,
  currency: payment.currency,
  status: payment.status,
  capture_method: payment.captureMethod,
  customer: payment.customer,
  payment_method: payment.paymentMethod,
  description: payment.description,
  metadata: JSON.stringify(payment.metadata),
  failure_code: payment.failure?.code ?? null,
  failure_message: payment.failure?.message ?? null,
  created_at: payment.createdAt,
  updated_at: payment.updatedAt,
  version: payment.version,
  settle_at: settleAt,
});

export const toRefund = (row: RefundRow): Refund => ({
  id: row[0],
  payment: row[1],
  amount: row[2],
  currency: row[3] as Refund['currency'],
  reason: row[4],
  createdAt: row[5],
});

export const fromRefund = (merchantId: string, refund: Refund): RefundTable => ({
  merchant_id: merchantId,
  id: refund.id,
  payment: refund.payment,
  amount: refund.amount,
  currency: refund.currency,
  reason: refund.reason,
  created_at: refund.createdAt,
});

export const toCustomer = (row: CustomerRow): Customer => ({
  id: row[0],
  name: row[1],
  email: row[2],
  country: row[3],
  metadata: metadataOf(row[4]),
  createdAt: row[5],
});

export const fromCustomer = (merchantId: string, customer: Customer): CustomerTable => ({
  merchant_id: merchantId,
  id: customer.id,
  name: customer.name,
  email: customer.email,
  country: customer.country,
  metadata: JSON.stringify(customer.metadata),
  created_at: customer.createdAt,
});

export const toApiKey = (row: ApiKeyRow): StoredApiKey => ({
  id: row[0],
  merchantId: row[1],
  hash: row[2],
  name: row[3],
  scopes: JSON.parse(row[4]),
  ratePerSecond: row[5],
  burst: row[6],
  createdAt: row[7],
  revokedAt: row[8],
});

export const fromApiKey = (key: StoredApiKey): ApiKeyTable => ({
  id: key.id,
  merchant_id: key.merchantId,
  hash: key.hash,
  name: key.name,
  scopes: JSON.stringify(key.scopes),
  rate_per_second: key.ratePerSecond,
  burst: key.burst,
  created_at: key.createdAt,
  revoked_at: key.revokedAt,
});

export const toEvent = (row: EventRow): Event => ({
  id: row[0],
  sequence: row[1],
  type: row[2] as Event['type'],
  createdAt: row[3],
  data: JSON.parse(row[4]),
});

export const fromEvent = (merchantId: string, event: Event): EventTable => ({
  merchant_id: merchantId,
  sequence: event.sequence,
  id: event.id,
  type: event.type,
  created_at: event.createdAt,
  data: JSON.stringify(event.data),
});

export const toIdempotencyRecord = (row: IdempotencyRow): IdempotencyRecord => ({
  key: row[0],
  fingerprint: row[1],
  outcome: row[2] === null ? null : JSON.parse(row[2]),
  resourceId: row[3],
  leaseUntil: row[4],
  expiresAt: row[5],
});

export const fromIdempotencyRecord = (
  merchantId: string,
  record: IdempotencyRecord,
): IdempotencyTable => ({
  merchant_id: merchantId,
  key: record.key,
  fingerprint: record.fingerprint,
  outcome: record.outcome === null ? null : JSON.stringify(record.outcome),
  resource_id: record.resourceId,
  lease_until: record.leaseUntil,
  expires_at: record.expiresAt,
});
