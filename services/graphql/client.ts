import { createClient as createGraphqlWsClient } from 'graphql-ws';
import { Pool } from 'undici';
import { WebSocket } from 'ws';
import type { CallOptions, Client, ClientOptions, WatchOptions } from '../core/client.ts';
import type { Customer } from '../core/customers/customer.ts';
import { invalid, isErrorCode, notFound, PaymentsError, type Violation } from '../core/errors.ts';
import { type Event, type EventType, eventTypes } from '../core/events/event.ts';
import { type ApiKey, type Scope, scopes } from '../core/merchants/merchant.ts';
import type { CreatedKey } from '../core/merchants/operations.ts';
import type { CallName, InputOf, OutputOf } from '../core/operations.ts';
import type { Page } from '../core/page.ts';
import {
  type CaptureMethod,
  captureMethods,
  type Payment,
  type PaymentStatus,
  paymentStatuses,
} from '../core/payments/payment.ts';
import type { Refund } from '../core/refunds/refund.ts';
import { documentId, operationDocuments, screenDocument, watchDocument } from './documents.ts';
import { enumName, enumValues, sortNames } from './enums.ts';

/** A payment, or that the one already held is still right. */
export interface ConditionalPayment {
  readonly etag: string;
  /** Undefined: what `etag` names has not changed (304). */
  readonly payment: Payment | undefined;
}

/** A customer, the newest 20 payments, and the newest 20 refunds of each, in the same order. */
export interface Screen {
  readonly customer: Customer;
  readonly payments: readonly Payment[];
  readonly refunds: readonly (readonly Refund[])[];
}

/** The client of this room: what every wire's client does, and what only GraphQL can. */
export interface GraphqlClient extends Client {
  /** One document for what takes other wires one call, one and one a payment. */
  getScreen(customerId: string): Promise<Screen>;
  /** By GET of a persisted document. @param etag of the copy that the caller holds, if any */
  getPaymentPersisted(id: string, etag?: string): Promise<ConditionalPayment>;
}

type Json = Readonly<Record<string, unknown>>;

interface WireError {
  readonly message: string;
  readonly extensions?: Json;
}

interface WireResult {
  readonly data?: { readonly result: unknown } | null;
  readonly errors?: readonly WireError[];
}

const mediaType = 'application/graphql-response+json';

/** Opens its connections when they are first needed. */
export async function createGraphqlClient(options: ClientOptions): Promise<GraphqlClient> {
  const { target, key, connections = 1 } = options;
  const pool = new Pool(target, { connections, pipelining: 1 });
  const authorization = key === undefined ? undefined : `Bearer ${key}`;
  const getHeaders = { accept: mediaType, ...(authorization && { authorization }) };
  const postHeaders = { ...getHeaders, 'content-type': 'application/json' };

  async function request(how: Parameters<typeof pool.request>[0], signal?: AbortSignal) {
    try {
      const answer = await pool.request({ ...how, ...(signal && { signal }) });
      const { etag } = answer.headers;
      return {
        status: answer.statusCode,
        etag: typeof etag === 'string' ? etag : '',
        body: await answer.body.text(),
      };
    } catch (thrown) {
      throw signal?.aborted ? thrown : lost(target, thrown);
    }
  }

  function send(query: string, variables: Json, signal?: AbortSignal) {
    const body = JSON.stringify({ query, variables });
    const post = { path: '/graphql', method: 'POST', headers: postHeaders, body } as const;
    return request(post, signal);
  }

  const call =
    <Name extends CallName>(name: Name) =>
    async (input: InputOf<Name>, { idempotencyKey, signal }: CallOptions = {}) => {
      const { encode, decode, inputNames } = codecs[name];
      const variables = encode(input as Json);
      const keyed = idempotencyKey === undefined ? variables : { ...variables, idempotencyKey };
      const answer = await send(operationDocuments[name], keyed, signal);
      return decode(resultOf(answer, inputNames), input as Json) as OutputOf<Name>;
    };
  const names = Object.keys(operationDocuments) as CallName[];
  // The names are exactly those of the calls; Object.fromEntries cannot say so.
  const calls = Object.fromEntries(names.map((name) => [name, call(name)])) as unknown as Omit<
    Client,
    'watchEvents' | 'close'
  >;
  const watcher = createWatcher(target, authorization);

  return {
    ...calls,
    watchEvents: watcher.watch,
    async getScreen(customerId) {
      const answer = await send(screenDocument, { id: customerId });
      return decodeScreen(found(resultOf(answer), 'customer', customerId) as ScreenJson);
    },
    async getPaymentPersisted(id, etag) {
      const search = new URLSearchParams({
        documentId: persistedPayment,
        variables: JSON.stringify({ id }),
      });
      const headers = etag === undefined ? getHeaders : { ...getHeaders, 'if-none-match': etag };
      const path = `/graphql?${search}`;
      const answer = await request({ path, method: 'GET', headers });
      if (answer.status === 304) return { etag: answer.etag, payment: undefined };
      const payment = found(resultOf(answer), 'payment', id) as PaymentJson;
      return { etag: answer.etag, payment: decodePayment(payment) };
    },
    async close() {
      watcher.close();
      await pool.close();
    },
  };
}

const persistedPayment = documentId(operationDocuments.getPayment);

function lost(target: string, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Error(`Expected an answer from ${target}, lost the connection: ${message}`, { cause });
}

/** The `result` of an answer. @throws PaymentsError when it has errors, or is a failure */
function resultOf(
  { status, body }: { readonly status: number; readonly body: string },
  inputNames?: InputNames,
): unknown {
  let answer: WireResult;
  try {
    answer = JSON.parse(body) as WireResult;
  } catch {
    throw new Error(`Expected JSON, got status ${status} and '${body.slice(0, 80)}'.`);
  }
  const { data, errors } = answer;
  if (errors) throw decodeErrors(errors, inputNames);
  const result = data?.result;
  if (isFailure(result)) throw decodeFailure(result, inputNames);
  return result;
}

/** What is null here is `not_found` in core, in core's words. */
function found(result: unknown, what: string, id: unknown): unknown {
  if (result === null || result === undefined) throw notFound(what, String(id));
  return result;
}

type FailureJson = Json & { readonly code: string; readonly message: string };

const isFailure = (result: unknown): result is FailureJson =>
  typeof result === 'object' && result !== null && '__typename' in result && 'code' in result;

interface ViolationJson {
  readonly path: readonly string[];
  readonly code: string;
  readonly message: string;
}

/** Core's names of arguments that have another one here. */
type InputNames = Readonly<Record<string, string>>;

function decodeViolations(violations: readonly ViolationJson[], names: InputNames): Violation[] {
  return violations.map(({ path, code, message }) => ({
    path: path.map((step, depth) => (depth === 0 && names[step]) || step),
    code,
    message,
  }));
}

function decodeFailure(
  failure: Json & { readonly message: string },
  inputNames: InputNames = {},
): PaymentsError {
  const { code, message, violations, retryAfterMs } = failure;
  // In `errors` under core's name, in a union under one that does not clash with a payment's.
  const metadata = failure.metadata ?? failure.details;
  if (!isErrorCode(code)) return new PaymentsError('internal', message);
  if (code === 'validation_failed' && Array.isArray(violations)) {
    return invalid(...decodeViolations(violations as ViolationJson[], inputNames));
  }
  return new PaymentsError(code, message, {
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    // What a server of ours sent; null where the union's member has none.
    ...(metadata ? { metadata: metadata as Record<string, string> } : undefined),
  });
}

/** The error that `errors` tells of; the faults of several are one list. */
function decodeErrors(errors: readonly WireError[], inputNames?: InputNames): PaymentsError {
  const [first] = errors;
  const violations = errors.flatMap(({ extensions }) => extensions?.violations ?? []);
  const failure = {
    ...first?.extensions,
    message: first?.message ?? 'Expected a message in errors, got none.',
    ...(violations.length > 0 && { violations }),
  };
  return decodeFailure(failure, inputNames);
}

type PaymentJson = Omit<
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
interface EventJson {
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

function valueIn<Value>(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  if (value === undefined) {
    throw new Error(`Expected one of ${[...values.keys()].join(', ')}, got '${name}'.`);
  }
  return value;
}

const statuses = enumValues<PaymentStatus>(paymentStatuses);
const captures = enumValues<CaptureMethod>(captureMethods);
const types = enumValues<EventType>(eventTypes);
const scopeNames = enumValues<Scope>(scopes);

const decodePayment = (json: PaymentJson): Payment => ({
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
  }
}

const decodeEvent = (json: EventJson): Event => ({
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

type ScreenJson = CustomerJson & {
  readonly payments: {
    readonly nodes: readonly (PaymentJson & { readonly refunds: readonly RefundJson[] })[];
  };
};

const decodeScreen = (json: ScreenJson): Screen => ({
  customer: decodeCustomer(json),
  payments: json.payments.nodes.map(decodePayment),
  refunds: json.payments.nodes.map(({ refunds }) => refunds.map(decodeRefund)),
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

const codecs: { readonly [Name in CallName]: Codec } = {
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
      (result as { readonly nodes: readonly RefundJson[] }[]).map(({ nodes }) =>
        nodes.map(decodeRefund),
      ),
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
function encodeEvents({ limit, after, types: wanted }: Json): Json {
  return {
    first: limit,
    after: after === undefined ? undefined : String(after),
    types: namesOf(wanted),
  };
}

/** Watches events over `graphql-transport-ws`: one connection for all, opened at the first. */
function createWatcher(target: string, authorization: string | undefined) {
  const begun = new Map<unknown, () => void>();
  let last = 0;
  const connection = createGraphqlWsClient({
    url: `${target.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: authorization === undefined ? {} : { authorization },
    // A stream that was cut says so; its reader knows where to resume.
    retryAttempts: 0,
    generateID: () => String(last),
    on: { ping: (_received, payload) => begun.get(payload?.subscribed)?.() },
  });

  async function watch(
    input: InputOf<'watchEvents'>,
    { signal }: WatchOptions,
  ): Promise<AsyncIterable<Event>> {
    last += 1;
    const id = String(last);
    const queue: Event[] = [];
    let wake: () => void = () => {};
    let ended = signal.aborted;
    let failure: unknown;
    const end = (error?: unknown) => {
      failure ??= error;
      ended = true;
      wake();
    };
    const open = new Promise<void>((resolve, reject) => {
      begun.set(id, resolve);
      const stop = connection.subscribe<{ readonly result: EventJson }>(
        { query: watchDocument, variables: encodeEvents(input as Json) },
        {
          next({ data, errors }) {
            if (errors) return end(decodeErrors(errors));
            if (data) queue.push(decodeEvent(data.result));
            wake();
          },
          error(thrown) {
            const error = signal.aborted ? undefined : toError(target, thrown);
            end(error);
            reject(error);
          },
          complete() {
            end();
            resolve();
          },
        },
      );
      signal.addEventListener(
        'abort',
        () => {
          end();
          resolve();
          stop();
        },
        { once: true },
      );
    });
    await open.finally(() => begun.delete(id));

    return (async function* () {
      for (;;) {
        // What came before an end is delivered; an abort asks for nothing more.
        for (const event of signal.aborted ? [] : queue.splice(0)) yield event;
        if (ended && (queue.length === 0 || signal.aborted)) break;
        if (queue.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
      if (failure && !signal.aborted) throw failure;
    })();
  }

  return { watch, close: () => void connection.dispose() };
}

/** What graphql-ws throws: the errors of an operation, a close event or the socket's error. */
function toError(target: string, thrown: unknown): Error {
  if (Array.isArray(thrown)) return decodeErrors(thrown as WireError[]);
  const { code, reason, message } = (thrown ?? {}) as Json;
  if (code === 4401) return new PaymentsError('unauthenticated', String(reason));
  if (typeof code === 'number') {
    return new Error(`Expected the stream of ${target} to go on, was closed: ${code} ${reason}`);
  }
  return lost(target, new Error(String(message ?? thrown)));
}
