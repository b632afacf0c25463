/**
 * The tables as the queries see them. Times are milliseconds since 1970 UTC, amounts minor units,
 * both safe integers; what has no columns of its own is JSON text.
 */
export interface Schema {
  readonly merchants: MerchantTable;
  readonly api_keys: ApiKeyTable;
  readonly customers: CustomerTable;
  readonly payments: PaymentTable;
  readonly refunds: RefundTable;
  readonly events: EventTable;
  readonly idempotency_records: IdempotencyTable;
  readonly secrets: SecretTable;
}

export interface MerchantTable {
  id: string;
  name: string;
  /** Sequence of the merchant's newest event. Counted here, since one row can be locked. */
  last_sequence: number;
}

export interface ApiKeyTable {
  id: string;
  merchant_id: string;
  hash: string;
  name: string;
  scopes: string;
  rate_per_second: number;
  burst: number;
  created_at: number;
  revoked_at: number | null;
}

export interface CustomerTable {
  merchant_id: string;
  id: string;
  name: string;
  email: string | null;
  country: string | null;
  metadata: string;
  created_at: number;
}

export interface PaymentTable {
  merchant_id: string;
  id: string;
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  currency: string;
  status: string;
  capture_method: string;
  customer: string | null;
  payment_method: string;
  description: string | null;
  metadata: string;
  failure_code: string | null;
  failure_message: string | null;
  created_at: number;
  updated_at: number;
  version: number;
  /** When the card network is to be asked again. */
  settle_at: number | null;
}

export interface RefundTable {
  merchant_id: string;
  id: string;
  payment: string;
  amount: number;
  currency: string;
  reason: string | null;
  created_at: number;
}

export interface EventTable {
  merchant_id: string;
  sequence: number;
  id: string;
  type: string;
  created_at: number;
  data: string;
}

export interface IdempotencyTable {
  merchant_id: string;
  key: string;
  fingerprint: string;
  outcome: string | null;
  resource_id: string;
  lease_until: number;
  expires_at: number;
}

export interface SecretTable {
  name: string;
  value: Uint8Array;
}

/** A row as an array, in the order of `Columns`. */
export type RowOf<Table, Columns extends readonly (keyof Table)[]> = {
  readonly [Place in keyof Columns]: Table[Columns[Place]];
};

export const apiKeyColumns = [
  'id',
  'merchant_id',
  'hash',
  'name',
  'scopes',
  'rate_per_second',
  'burst',
  'created_at',
  'revoked_at',
] as const satisfies readonly (keyof ApiKeyTable)[];
export type ApiKeyRow = RowOf<ApiKeyTable, typeof apiKeyColumns>;

export const customerColumns = [
  'id',
  'name',
  'email',
  'country',
  'metadata',
  'created_at',
] as const satisfies readonly (keyof CustomerTable)[];
export type CustomerRow = RowOf<CustomerTable, typeof customerColumns>;

export const paymentColumns = [
  'id',
  'amount',
  'amount_captured',
  'amount_refunded',
  'currency',
  'status',
  'capture_method',
  'customer',
  'payment_method',
  'description',
  'metadata',
  'failure_code',
  'failure_message',
  'created_at',
  'updated_at',
  'version',
] as const satisfies readonly (keyof PaymentTable)[];
export type PaymentRow = RowOf<PaymentTable, typeof paymentColumns>;

export const refundColumns = [
  'id',
  'payment',
  'amount',
  'currency',
  'reason',
  'created_at',
] as const satisfies readonly (keyof RefundTable)[];
export type RefundRow = RowOf<RefundTable, typeof refundColumns>;

export const eventColumns = [
  'id',
  'sequence',
  'type',
  'created_at',
  'data',
] as const satisfies readonly (keyof EventTable)[];
export type EventRow = RowOf<EventTable, typeof eventColumns>;

export const idempotencyColumns = [
  'key',
  'fingerprint',
  'outcome',
  'resource_id',
  'lease_until',
  'expires_at',
] as const satisfies readonly (keyof IdempotencyTable)[];
export type IdempotencyRow = RowOf<IdempotencyTable, typeof idempotencyColumns>;
