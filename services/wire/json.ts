import type { Customer } from '../core/customers/customer.ts';
import {
  type Event,
  type EventData,
  type EventKind,
  type EventResources,
  type EventType,
  eventKinds,
  resourceOf,
} from '../core/events/event.ts';
import type { ApiKey, CreatedKey, Scope } from '../core/merchants/merchant.ts';
import type { Currency } from '../core/money.ts';
import { type CallName, type OutputOf, operations, perCall } from '../core/operations.ts';
import type { CallShape, Output, ResourceName, Resources, Shapes } from '../core/output.ts';
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
import { timeJson } from './time.ts';

/**
 * Resources in the JSON of REST, SSE and WebSocket: snake_case names, RFC 3339 times in UTC,
 * amounts in integer minor units.
 */

type Links = Readonly<Record<string, string>>;

/** Methods, not properties: a codec then fits where the JSON's type is not known. */
interface Codec<Value, Json> {
  encode(value: Value): Json;
  decode(json: Json): Value;
}

const codec = <Value, Json>(
  encode: (value: Value) => Json,
  decode: (json: Json) => Value,
): Codec<Value, Json> => ({ encode, decode });

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
  /** `self`, related resources, and the operations that the state allows now. */
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
 * Joins `parts` to one flat string. V8 keeps the result of a template as unjoined pieces, and a
 * single such string makes JSON.stringify leave its fast path: twice the time for a payment.
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

interface EventResourcesJson {
  readonly payment: PaymentJson;
  readonly refund: RefundJson;
  readonly customer: CustomerJson;
}

export interface EventJson {
  readonly id: string;
  readonly sequence: number;
  readonly type: EventType;
  readonly created_at: string;
  /** The resource under its kind. */
  readonly data: { readonly [Kind in EventKind]: Pick<EventResourcesJson, Kind> }[EventKind];
}

const eventResources: {
  readonly [Kind in EventKind]: Codec<EventResources[Kind], EventResourcesJson[Kind]>;
} = {
  payment: codec(encodePayment, decodePayment),
  refund: codec(encodeRefund, decodeRefund),
  customer: codec(encodeCustomer, decodeCustomer),
};

function encodeData(event: Event): EventJson['data'] {
  const { kind } = event.data;
  // Kind and resource are a pair; a union of such pairs cannot say so, here and below.
  return { [kind]: eventResources[kind].encode(resourceOf(event) as never) } as EventJson['data'];
}

function decodeData(json: EventJson['data']): EventData {
  const kind = eventKinds.find((known) => Object.hasOwn(json, known));
  if (kind === undefined) return unknownData(json);
  const resource = (json as EventResourcesJson)[kind];
  return { kind, [kind]: eventResources[kind].decode(resource as never) } as unknown as EventData;
}

/**
 * The resource of an event from a newer server, unchanged: an addition to the contract must not end
 * the stream of an older client.
 */
function unknownData(json: object): EventData {
  const [kind = 'unknown'] = Object.keys(json);
  // A kind that the types do not know yet; a switch over the known ones ignores it.
  return { ...json, kind } as unknown as EventData;
}

export const encodeEvent = (event: Event): EventJson => ({
  id: event.id,
  sequence: event.sequence,
  type: event.type,
  created_at: timeJson(event.createdAt),
  data: encodeData(event),
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

const encodeCreatedKey = (key: CreatedKey): CreatedKeyJson => ({
  ...encodeKey(key),
  secret: key.secret,
});

const decodeCreatedKey = (json: CreatedKeyJson): CreatedKey => ({
  ...decodeKey(json),
  secret: json.secret,
});

/** One codec a resource. */
export const resources: { readonly [Name in ResourceName]: Codec<Resources[Name], object> } = {
  ...eventResources,
  event: codec(encodeEvent, decodeEvent),
  key: codec(encodeKey, decodeKey),
  createdKey: codec(encodeCreatedKey, decodeCreatedKey),
};

const itself = <Item, Json>(of: Codec<Item, Json>) => of;

const pageOf = <Item, Json>({ encode, decode }: Codec<Item, Json>) =>
  codec<Page<Item>, PageJson<Json>>(
    (page) => encodePage(page, encode),
    (json) => decodePage(json, decode),
  );

const listOf = <Item, Json>({ encode, decode }: Codec<Item, Json>) =>
  codec<readonly Item[], { readonly data: readonly Json[] }>(
    (items) => ({ data: items.map(encode) }),
    ({ data }) => data.map(decode),
  );

const orNull = <Item, Json>({ encode, decode }: Codec<Item, Json>) =>
  codec<Item | null, Json | null>(
    (item) => item && encode(item),
    (json) => json && decode(json),
  );

/** How each shape wraps the JSON of its items. */
const shapes: {
  readonly [Name in CallShape]: <Item>(
    of: Codec<Item, unknown>,
  ) => Codec<Shapes<Item>[Name], unknown>;
} = {
  one: itself,
  created: itself,
  page: pageOf,
  batch: (of) => listOf(orNull(of)),
  list: (of) => listOf(pageOf(of)),
};

function codecOf({ shape, resource }: Output<CallShape>): Codec<unknown, unknown> {
  const ofItem: Codec<unknown, unknown> = resources[resource];
  return shapes[shape](ofItem);
}

/**
 * The output of every operation as JSON, and back. `decode` trusts what our own server sent. Each
 * type is that of its declaration, which a table that is made in a loop cannot express.
 */
export const outputs = perCall((name) => codecOf(operations[name].output)) as {
  readonly [Name in CallName]: Codec<OutputOf<Name>, unknown>;
};
