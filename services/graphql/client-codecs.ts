import type { Screen } from '../core/client.ts';
import type { Customer } from '../core/customers/customer.ts';
import {
  type Event,
  type EventKind,
  type EventResources,
  type EventType,
  eventKinds,
  eventTypes,
} from '../core/events/event.ts';
import { type ApiKey, type CreatedKey, type Scope, scopes } from '../core/merchants/merchant.ts';
import { operations, perCall } from '../core/operations.ts';
import type { CallShape, ResourceName, Resources, Shapes } from '../core/output.ts';
import type { Page } from '../core/page.ts';
import {
  type CaptureMethod,
  captureMethods,
  type Payment,
  type PaymentStatus,
  paymentStatuses,
} from '../core/payments/payment.ts';
import type { Refund } from '../core/refunds/refund.ts';
import { toPascal } from '../wire/names.ts';
import { found, type Json } from './client-results.ts';
import { enumValues } from './enums.ts';

/** Core's outputs from the results of documents, for the client. */

export type GraphqlPayment = Omit<
  Payment,
  'customer' | 'status' | 'captureMethod' | 'createdAt' | 'updatedAt'
> & {
  readonly customerId: string | null;
  readonly status: string;
  readonly captureMethod: string;
  readonly createdAt: string;
  readonly updatedAt: string;
};
type GraphqlRefund = Omit<Refund, 'payment' | 'createdAt'> & {
  readonly paymentId: string;
  readonly createdAt: string;
};
type GraphqlCustomer = Omit<Customer, 'createdAt'> & { readonly createdAt: string };
type GraphqlKey = Omit<ApiKey, 'scopes' | 'createdAt' | 'revokedAt'> & {
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly revokedAt: string | null;
};
interface GraphqlCreatedKey {
  readonly key: GraphqlKey;
  readonly secret: string | null;
}
interface EventResourcesJson {
  readonly payment: GraphqlPayment;
  readonly refund: GraphqlRefund;
  readonly customer: GraphqlCustomer;
}
export interface GraphqlEvent {
  readonly id: string;
  readonly sequence: number;
  readonly type: string;
  readonly createdAt: string;
  readonly data: EventResourcesJson[EventKind] & { readonly __typename: string };
}
interface ConnectionJson<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/**
 * The core's value of an enum. A value of a newer contract is passed on unchanged, so that it does
 * not end a stream; code that switches over the values needs a default.
 */
const valueIn = <Value extends string>(values: ReadonlyMap<string, Value>, name: string): Value =>
  values.get(name) ?? (name as Value);

const statuses = enumValues<PaymentStatus>(paymentStatuses);
const captures = enumValues<CaptureMethod>(captureMethods);
const types = enumValues<EventType>(eventTypes);
const scopeNames = enumValues<Scope>(scopes);

export const decodePayment = (json: GraphqlPayment): Payment => ({
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

const decodeRefund = (json: GraphqlRefund): Refund => ({
  id: json.id,
  payment: json.paymentId,
  amount: json.amount,
  currency: json.currency,
  reason: json.reason,
  createdAt: Date.parse(json.createdAt),
});

const decodeCustomer = (json: GraphqlCustomer): Customer => ({
  id: json.id,
  name: json.name,
  email: json.email,
  country: json.country,
  metadata: json.metadata,
  createdAt: Date.parse(json.createdAt),
});

const decodeKey = (json: GraphqlKey): ApiKey => ({
  id: json.id,
  name: json.name,
  scopes: json.scopes.map((name) => valueIn(scopeNames, name)),
  ratePerSecond: json.ratePerSecond,
  burst: json.burst,
  createdAt: Date.parse(json.createdAt),
  revokedAt: json.revokedAt === null ? null : Date.parse(json.revokedAt),
});

const decodeCreatedKey = ({ key, secret }: GraphqlCreatedKey): CreatedKey => ({
  ...decodeKey(key),
  secret,
});

/** Methods, not properties, so that a decoder fits if the JSON's type is not known. */
interface Decoder<Value> {
  decode(json: unknown): Value;
}

const eventResources: { readonly [Kind in EventKind]: Decoder<EventResources[Kind]> } = {
  payment: { decode: decodePayment },
  refund: { decode: decodeRefund },
  customer: { decode: decodeCustomer },
};

function decodeData(json: GraphqlEvent['data']): Event['data'] {
  const kind = eventKinds.find((known) => toPascal(known) === json.__typename);
  // A resource of a newer contract; the document selects nothing of it.
  if (kind === undefined) return { kind: 'unknown' } as never;
  // Kind and resource are a pair; a union of such pairs cannot say so.
  return { kind, [kind]: eventResources[kind].decode(json) } as never;
}

export const decodeEvent = (json: GraphqlEvent): Event => ({
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

export type GraphqlScreen = GraphqlCustomer & {
  readonly payments: {
    readonly nodes: readonly (GraphqlPayment & {
      readonly refunds: { readonly nodes: readonly GraphqlRefund[] };
    })[];
  };
};

export const decodeScreen = (json: GraphqlScreen): Screen => ({
  customer: decodeCustomer(json),
  payments: json.payments.nodes.map(decodePayment),
  refunds: json.payments.nodes.map(({ refunds }) => refunds.nodes.map(decodeRefund)),
});

/** One decoder a resource. */
const resources: { readonly [Name in ResourceName]: Decoder<Resources[Name]> } = {
  ...eventResources,
  event: { decode: decodeEvent },
  key: { decode: decodeKey },
  createdKey: { decode: decodeCreatedKey },
};

type Unwrap<Shape extends CallShape> = <Item>(of: Decoder<Item>) => Decoder<Shapes<Item>[Shape]>;

const itself = <Item>(of: Decoder<Item>): Decoder<Item> => of;

const pageOf: Unwrap<'page'> = ({ decode }) => ({
  decode: (json: ConnectionJson<unknown>) => decodePage(json, decode),
});

/** How each shape wraps the JSON of its items. */
const shapes: { readonly [Shape in CallShape]: Unwrap<Shape> } = {
  one: itself,
  created: itself,
  page: pageOf,
  batch: ({ decode }) => ({
    decode: (nodes: readonly unknown[]) =>
      nodes.map((node) => (node === null ? null : decode(node))),
  }),
  list: (of) => ({
    decode: (connections: readonly unknown[]) => connections.map(pageOf(of).decode),
  }),
};

/** Decodes the output of an operation from the `result` of its document, sent by our own server. */
export const decodeOutput = perCall((name) => {
  const { effect, output } = operations[name];
  const unwrap: Unwrap<CallShape> = shapes[output.shape];
  const ofItem: Decoder<unknown> = resources[output.resource];
  const { decode } = unwrap(ofItem);
  // A query for one resource is null if no resource has that id.
  return effect === 'read' && output.shape === 'one'
    ? (result: unknown, { id }: Json) => decode(found(result, output.resource, id))
    : decode;
});
