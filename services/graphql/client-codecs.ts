import type { Customer } from '../core/customers/customer.ts';
import { type Event, type EventType, eventTypes } from '../core/events/event.ts';
import type { CreatedKey } from '../core/merchants/merchant.ts';
import { type ApiKey, type Scope, scopes } from '../core/merchants/merchant.ts';
import type { CallName } from '../core/operations.ts';
import type { Page } from '../core/page.ts';
import {
  type CaptureMethod,
  captureMethods,
  type Payment,
  type PaymentStatus,
  paymentStatuses,
} from '../core/payments/payment.ts';
import type { Refund } from '../core/refunds/refund.ts';
import { found, type InputNames, type Json } from './client-results.ts';
import { enumName, enumValues, sortNames } from './enums.ts';

/** Core's inputs and outputs as variables and results, for the client. */

/** A customer, the newest 20 payments, and the newest 20 refunds of each, in the same order. */
export interface Screen {
  readonly customer: Customer;
  readonly payments: readonly Payment[];
  readonly refunds: readonly (readonly Refund[])[];
}

export type PaymentJson = Omit<
  Payment,
  'customer' | 'status' | 'captureMethod' | 'createdAt' | 'updatedAt'
> & {
  readonly customerId: string | null;
  readonly status: string;
  readonly captureMethod: string;
  readonly createdAt: string;
  readonly updatedAt: string;
};
type RefundJson = Omit<Refund, 'payment' | 'createdAt'> & {
  readonly paymentId: string;
  readonly createdAt: string;
};
type CustomerJson = Omit<Customer, 'createdAt'> & { readonly createdAt: string };
type KeyJson = Omit<ApiKey, 'scopes' | 'createdAt' | 'revokedAt'> & {
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly revokedAt: string | null;
};
export interface EventJson {
  readonly id: string;
  readonly sequence: number;
  readonly type: string;
  readonly createdAt: string;
  readonly data:
    | ({ readonly __typename: 'Payment' } & PaymentJson)
    | ({ readonly __typename: 'Refund' } & RefundJson)
    | ({ readonly __typename: 'Customer' } & CustomerJson);
}
interface ConnectionJson<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/**
 * The core's value of an enum. One of a newer contract is handed through as the wire has it: it is
 * no reason to end a stream, and code that switches over the values needs a default.
 */
const valueIn = <Value extends string>(values: ReadonlyMap<string, Value>, name: string): Value =>
  values.get(name) ?? (name as Value);

const statuses = enumValues<PaymentStatus>(paymentStatuses);
const captures = enumValues<CaptureMethod>(captureMethods);
const types = enumValues<EventType>(eventTypes);
const scopeNames = enumValues<Scope>(scopes);

export const decodePayment = (json: PaymentJson): Payment => ({
  id: json.id,
  amount: json.amount,
  amountCaptured: json.amountCaptured,
  amountRefunded: json.amountRefunded,
  currency: json.currency,
  status: valueIn(statuses, json.status),
  captureMethod: valueIn(captures, json.captureMethod),
  customer: json.customerId,
  paymentMethod: json.paymentMethod,
  description: json.description,
  metadata: json.metadata,
  failure: json.failure,
  createdAt: Date.parse(json.createdAt),
  updatedAt: Date.parse(json.updatedAt),
  version: json.version,
});

const decodeRefund = (json: RefundJson): Refund => ({
  id: json.id,
  payment: json.paymentId,
  amount: json.amount,
  currency: json.currency,
  reason: json.reason,
  createdAt: Date.parse(json.createdAt),
});

const decodeCustomer = (json: CustomerJson): Customer => ({
  id: json.id,
  name: json.name,
  email: json.email,
  country: json.country,
  metadata: json.metadata,
  createdAt: Date.parse(json.createdAt),
});

const decodeKey = (json: KeyJson): ApiKey => ({
  id: json.id,
  name: json.name,
  scopes: json.scopes.map((name) => valueIn(scopeNames, name)),
  ratePerSecond: json.ratePerSecond,
  burst: json.burst,
  createdAt: Date.parse(json.createdAt),
  revokedAt: json.revokedAt === null ? null : Date.parse(json.revokedAt),
});

function decodeData(data: EventJson['data']): Event['data'] {
  switch (data.__typename) {
    case 'Payment':
      return { kind: 'payment', payment: decodePayment(data) };
    case 'Refund':
      return { kind: 'refund', refund: decodeRefund(data) };
    case 'Customer':
      return { kind: 'customer', customer: decodeCustomer(data) };
    default:
      // A resource of a newer contract, of which the document selects nothing.
      return { kind: 'unknown' } as never;
  }
}

export const decodeEvent = (json: EventJson): Event => ({
  id: json.id,
  sequence: json.sequence,
  type: valueIn(types, json.type),
  createdAt: Date.parse(json.createdAt),
  data: decodeData(json.data),
});

const decodePage = <Node, Item>(
  { nodes, pageInfo }: ConnectionJson<Node>,
  decode: (node: Node) => Item,
): Page<Item> => ({
  items: nodes.map(decode),
  hasMore: pageInfo.hasNextPage,
  nextCursor: pageInfo.hasNextPage ? pageInfo.endCursor : null,
});

export type ScreenJson = CustomerJson & {
  readonly payments: {
    readonly nodes: readonly (PaymentJson & {
      readonly refunds: { readonly nodes: readonly RefundJson[] };
    })[];
  };
};

export const decodeScreen = (json: ScreenJson): Screen => ({
  customer: decodeCustomer(json),
  payments: json.payments.nodes.map(decodePayment),
  refunds: json.payments.nodes.map(({ refunds }) => refunds.nodes.map(decodeRefund)),
});

/** How an operation's input becomes variables, and the `result` of its document its output. */
interface Codec {
  /** Of arguments that faults may name. */
  readonly inputNames?: InputNames;
  encode(input: Json): Json;
  decode(result: unknown, input: Json): unknown;
}

const asIs = (input: Json): Json => input;

const timeText = (ms: unknown): unknown =>
  typeof ms === 'number' && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : ms;

/** Core's names and values of list arguments as GraphQL has them; absent ones stay absent. */
function encodePage({ limit, cursor, ...filter }: Json): Json {
  return { ...filter, first: limit, after: cursor };
}

const sorts = new Map(
  Object.entries(sortNames).map(([name, sort]): [unknown, string] => [sort, name]),
);

const nameOf = (value: unknown): unknown => (typeof value === 'string' ? enumName(value) : value);

const namesOf = (values: unknown): unknown => (Array.isArray(values) ? values.map(nameOf) : values);

const one = <Node>(what: string, decode: (json: Node) => unknown): Codec => ({
  encode: asIs,
  // What a server of ours sent.
  decode: (result, { id }) => decode(found(result, what, id) as Node),
});

const orNulls = <Node>(decode: (json: Node) => unknown): Codec => ({
  encode: asIs,
  decode: (result) => (result as (Node | null)[]).map((node) => node && decode(node)),
});

const page = <Node>(decode: (json: Node) => unknown, encode = encodePage): Codec => ({
  inputNames: { first: 'limit', after: 'cursor' },
  encode,
  decode: (result) => decodePage(result as ConnectionJson<Node>, decode),
});

const written = <Node>(decode: (json: Node) => unknown, encode: Codec['encode'] = asIs): Codec => ({
  encode,
  decode: (result) => decode(result as Node),
});

export const codecs: { readonly [Name in CallName]: Codec } = {
  getPayment: one('payment', decodePayment),
  getPaymentsByIds: orNulls(decodePayment),
  listPayments: page(decodePayment, ({ status, createdFrom, createdBefore, sort, ...rest }) => ({
    ...encodePage(rest),
    status: nameOf(status),
    createdFrom: timeText(createdFrom),
    createdBefore: timeText(createdBefore),
    sort: sorts.get(sort) ?? sort,
  })),
  createPayment: written(decodePayment, ({ captureMethod, ...rest }) => ({
    input: { ...rest, captureMethod: nameOf(captureMethod) },
  })),
  confirmPayment: written(decodePayment),
  capturePayment: written(decodePayment),
  cancelPayment: written(decodePayment),
  refundPayment: written(decodeRefund),
  getRefund: one('refund', decodeRefund),
  listRefunds: page(decodeRefund),
  getRefundsByPaymentIds: {
    encode: asIs,
    decode: (result) =>
      (result as ConnectionJson<RefundJson>[]).map((json) => decodePage(json, decodeRefund)),
  },
  createCustomer: written(decodeCustomer, (input) => ({ input })),
  getCustomer: one('customer', decodeCustomer),
  getCustomersByIds: orNulls(decodeCustomer),
  listCustomers: page(decodeCustomer),
  listEvents: { ...page(decodeEvent, encodeEvents), inputNames: { first: 'limit' } },
  createKey: written(
    ({ key, secret }: { readonly key: KeyJson; readonly secret: string | null }): CreatedKey => ({
      ...decodeKey(key),
      secret,
    }),
    ({ scopes: wanted, ...rest }) => ({ input: { ...rest, scopes: namesOf(wanted) } }),
  ),
  revokeKey: written(decodeKey),
};

/** The cursor of events is their sequence, as text. */
export function encodeEvents({ limit, after, types: wanted }: Json): Json {
  return {
    first: limit,
    after: after === undefined ? undefined : String(after),
    types: namesOf(wanted),
  };
}
