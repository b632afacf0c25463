import type { Customer } from '../core/customers/customer.ts';
import type { Event, EventData, EventType } from '../core/events/event.ts';
import type { ApiKey, Scope } from '../core/merchants/merchant.ts';
import type { CreatedKey } from '../core/merchants/operations.ts';
import type { Currency } from '../core/money.ts';
import type { CallName, OutputOf } from '../core/operations.ts';
import type { Page } from '../core/page.ts';
import {
  actionsOf,
  type CaptureMethod,
  type Payment,
  type PaymentAction,
  type PaymentFailure,
  type PaymentMethod,
  type PaymentStatus,
} from '../core/payments/payment.ts';
import type { Refund } from '../core/refunds/refund.ts';
import { timeSchema } from '../core/values.ts';
import { renameFields, toCamel, toSnake } from './names.ts';
import { parseTime, timeJson } from './time.ts';

/**
 * Resources in the JSON of REST, SSE and WebSocket: snake_case names, RFC 3339 times in UTC,
 * amounts in integer minor units.
 */

type Links = Readonly<Record<string, string>>;

export interface PaymentJson {
  readonly id: string;
  readonly amount: number;
  readonly amount_captured: number;
  readonly amount_refunded: number;
  readonly currency: Currency;
  readonly status: PaymentStatus;
  readonly capture_method: CaptureMethod;
  readonly customer: string | null;
  readonly payment_method: PaymentMethod;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly failure: PaymentFailure | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly version: number;
  /** `self`, what belongs to it, and the operations that the state allows now. */
  readonly links: Links;
}

const timeOf = (text: string): number => Date.parse(text);

const pathOfAction: Readonly<Record<PaymentAction, string>> = {
  confirm: 'confirm',
  capture: 'capture',
  cancel: 'cancel',
  refund: 'refunds',
};

/**
 * `parts` as one text. A template would leave a string that V8 has not put together yet, and a
 * single one of those keeps JSON.stringify from its fast way: twice the time for a payment.
 */
const flat = (...parts: readonly string[]): string => parts.join('');

function paymentLinks({ id, customer, status }: Payment): Links {
  const links: Record<string, string> = {
    self: flat('/v1/payments/', id),
    refunds: flat('/v1/payments/', id, '/refunds'),
  };
  if (customer !== null) links.customer = flat('/v1/customers/', customer);
  for (const action of actionsOf(status)) {
    links[action] = flat('/v1/payments/', id, '/', pathOfAction[action]);
  }
  return links;
}

export const encodePayment = (payment: Payment): PaymentJson => ({
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
  metadata: payment.metadata,
  failure: payment.failure,
  created_at: timeJson(payment.createdAt),
  updated_at: timeJson(payment.updatedAt),
  version: payment.version,
  links: paymentLinks(payment),
});

export const decodePayment = (json: PaymentJson): Payment => ({
  id: json.id,
  amount: json.amount,
  amountCaptured: json.amount_captured,
  amountRefunded: json.amount_refunded,
  currency: json.currency,
  status: json.status,
  captureMethod: json.capture_method,
  customer: json.customer,
  paymentMethod: json.payment_method,
  description: json.description,
  metadata: json.metadata,
  failure: json.failure,
  createdAt: timeOf(json.created_at),
  updatedAt: timeOf(json.updated_at),
  version: json.version,
});

export interface RefundJson {
  readonly id: string;
  readonly payment: string;
  readonly amount: number;
  readonly currency: Currency;
  readonly reason: string | null;
  readonly created_at: string;
  readonly links: Links;
}

export const encodeRefund = (refund: Refund): RefundJson => ({
  id: refund.id,
  payment: refund.payment,
  amount: refund.amount,
  currency: refund.currency,
  reason: refund.reason,
  created_at: timeJson(refund.createdAt),
  links: { self: `/v1/refunds/${refund.id}`, payment: `/v1/payments/${refund.payment}` },
});

export const decodeRefund = (json: RefundJson): Refund => ({
  id: json.id,
  payment: json.payment,
  amount: json.amount,
  currency: json.currency,
  reason: json.reason,
  createdAt: timeOf(json.created_at),
});

export interface CustomerJson {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly country: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly created_at: string;
  readonly links: Links;
}

export const encodeCustomer = (customer: Customer): CustomerJson => ({
  id: customer.id,
  name: customer.name,
  email: customer.email,
  country: customer.country,
  metadata: customer.metadata,
  created_at: timeJson(customer.createdAt),
  links: {
    self: `/v1/customers/${customer.id}`,
    payments: `/v1/payments?customer=${customer.id}`,
  },
});

export const decodeCustomer = (json: CustomerJson): Customer => ({
  id: json.id,
  name: json.name,
  email: json.email,
  country: json.country,
  metadata: json.metadata,
  createdAt: timeOf(json.created_at),
});

export interface EventJson {
  readonly id: string;
  readonly sequence: number;
  readonly type: EventType;
  readonly created_at: string;
  /** The resource under its kind. */
  readonly data:
    | { readonly payment: PaymentJson }
    | { readonly refund: RefundJson }
    | { readonly customer: CustomerJson };
}

function encodeData(data: EventData): EventJson['data'] {
  switch (data.kind) {
    case 'payment':
      return { payment: encodePayment(data.payment) };
    case 'refund':
      return { refund: encodeRefund(data.refund) };
    case 'customer':
      return { customer: encodeCustomer(data.customer) };
  }
}

function decodeData(json: EventJson['data']): EventData {
  if ('payment' in json) return { kind: 'payment', payment: decodePayment(json.payment) };
  if ('refund' in json) return { kind: 'refund', refund: decodeRefund(json.refund) };
  if ('customer' in json) return { kind: 'customer', customer: decodeCustomer(json.customer) };
  return unknownData(json);
}

/**
 * The resource of an event that a newer server sent, as it came: an addition to the contract ends
 * no stream of a client that was built before it.
 */
function unknownData(json: object): EventData {
  const [kind = 'unknown'] = Object.keys(json);
  // A kind that the types do not know yet; who switches over them passes it over.
  return { ...json, kind } as unknown as EventData;
}

export const encodeEvent = (event: Event): EventJson => ({
  id: event.id,
  sequence: event.sequence,
  type: event.type,
  created_at: timeJson(event.createdAt),
  data: encodeData(event.data),
});

export const decodeEvent = (json: EventJson): Event => ({
  id: json.id,
  sequence: json.sequence,
  type: json.type,
  createdAt: timeOf(json.created_at),
  data: decodeData(json.data),
});

export interface KeyJson {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly rate_per_second: number;
  readonly burst: number;
  readonly created_at: string;
  readonly revoked_at: string | null;
}

export const encodeKey = (key: ApiKey): KeyJson => ({
  id: key.id,
  name: key.name,
  scopes: key.scopes,
  rate_per_second: key.ratePerSecond,
  burst: key.burst,
  created_at: timeJson(key.createdAt),
  revoked_at: key.revokedAt === null ? null : timeJson(key.revokedAt),
});

export const decodeKey = (json: KeyJson): ApiKey => ({
  id: json.id,
  name: json.name,
  scopes: json.scopes,
  ratePerSecond: json.rate_per_second,
  burst: json.burst,
  createdAt: timeOf(json.created_at),
  revokedAt: json.revoked_at === null ? null : timeOf(json.revoked_at),
});

export interface CreatedKeyJson extends KeyJson {
  readonly secret: string | null;
}

export interface PageJson<ItemJson> {
  readonly data: readonly ItemJson[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

export const encodePage = <Item, ItemJson>(
  page: Page<Item>,
  encode: (item: Item) => ItemJson,
): PageJson<ItemJson> => ({
  data: page.items.map(encode),
  has_more: page.hasMore,
  next_cursor: page.nextCursor,
});

export const decodePage = <Item, ItemJson>(
  json: PageJson<ItemJson>,
  decode: (json: ItemJson) => Item,
): Page<Item> => ({
  items: json.data.map(decode),
  hasMore: json.has_more,
  nextCursor: json.next_cursor,
});

/** Methods, not properties: a codec then fits where the JSON's type is not known. */
interface Codec<Output, Json> {
  encode(output: Output): Json;
  decode(json: Json): Output;
}

const codec = <Output, Json>(
  encode: (output: Output) => Json,
  decode: (json: Json) => Output,
): Codec<Output, Json> => ({ encode, decode });

const orNull = <Output, Json>({ encode, decode }: Codec<Output, Json>) =>
  codec<readonly (Output | null)[], { readonly data: readonly (Json | null)[] }>(
    (items) => ({ data: items.map((item) => item && encode(item)) }),
    ({ data }) => data.map((item) => item && decode(item)),
  );

const pageOf = <Output, Json>({ encode, decode }: Codec<Output, Json>) =>
  codec<Page<Output>, PageJson<Json>>(
    (page) => encodePage(page, encode),
    (json) => decodePage(json, decode),
  );

const payment = codec(encodePayment, decodePayment);
const refund = codec(encodeRefund, decodeRefund);
const customer = codec(encodeCustomer, decodeCustomer);

export const encodeRefundPage = (page: Page<Refund>): PageJson<RefundJson> =>
  encodePage(page, encodeRefund);

/** The answer of every operation as JSON, and back. `decode` trusts what a server of ours sent. */
export const outputs: { readonly [Name in CallName]: Codec<OutputOf<Name>, unknown> } = {
  createPayment: payment,
  getPayment: payment,
  getPaymentsByIds: orNull(payment),
  listPayments: pageOf(payment),
  confirmPayment: payment,
  capturePayment: payment,
  cancelPayment: payment,
  refundPayment: refund,
  getRefund: refund,
  listRefunds: pageOf(refund),
  getRefundsByPaymentIds: codec(
    (pages: readonly Page<Refund>[]) => ({ data: pages.map(encodeRefundPage) }),
    ({ data }: { readonly data: readonly PageJson<RefundJson>[] }) =>
      data.map((page) => decodePage(page, decodeRefund)),
  ),
  createCustomer: customer,
  getCustomer: customer,
  getCustomersByIds: orNull(customer),
  listCustomers: pageOf(customer),
  listEvents: pageOf(codec(encodeEvent, decodeEvent)),
  createKey: codec(
    (key: CreatedKey): CreatedKeyJson => ({ ...encodeKey(key), secret: key.secret }),
    (json: CreatedKeyJson) => ({ ...decodeKey(json), secret: json.secret }),
  ),
  revokeKey: codec(encodeKey, decodeKey),
};

const timeFields = new Set(['createdFrom', 'createdBefore']);

/**
 * The input of an operation from its JSON: names to camelCase, times to milliseconds. What is not
 * an object or not a time is left as it was sent, for the operation's schema to refuse with the
 * rest and to show. A number is no time in JSON; as text it is refused like any other.
 */
export function decodeInput(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  const input = renameFields(json as Record<string, unknown>, toCamel);
  for (const name of timeFields) {
    const value = input[name];
    if (typeof value === 'string') {
      const time = timeSchema.safeParse(parseTime(value));
      input[name] = time.success ? time.data : value;
    } else if (typeof value === 'number') {
      input[name] = String(value);
    }
  }
  return input;
}

/** The other direction, for clients. */
export function encodeInput(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const json = renameFields(input, toSnake);
  for (const name of timeFields) {
    const value = input[name];
    if (typeof value === 'number') json[toSnake(name)] = timeJson(value);
  }
  return json;
}
