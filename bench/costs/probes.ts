import { randomUUID } from 'node:crypto';
import type { Client } from '../../services/core/client.ts';
import type { CallWire, WireName } from '../result/wires.ts';
import type { SubjectClients } from '../subject/clients.ts';
import type { Fixtures } from '../subject/fixtures.ts';
import { readNewest, readOne } from '../subject/payments.ts';

/** What the requests are made of: a server with the full data, and clients of its wires. */
export interface ProbeTarget {
  /** `http://host:port` */
  readonly origin: string;
  readonly key: string;
  readonly clients: { readonly [Wire in CallWire]: SubjectClients[Wire] };
  readonly sse: SubjectClients['sse'];
  readonly fixtures: Fixtures;
  /** Sequence of the newest event. */
  readonly lastSequence: number;
}

/** One of the requests that cost a server the most for their size. */
export interface Probe {
  readonly name: string;
  readonly wire: string;
  /** Whether it is answered or refused does not matter: both are work. */
  send(target: ProbeTarget): Promise<unknown>;
}

async function post(target: ProbeTarget, path: string, body: string, type = 'application/json') {
  const { origin, key } = target;
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': type,
    'idempotency-key': randomUUID(),
  };
  const answer = await fetch(origin + path, { method: 'POST', headers, body });
  return answer.arrayBuffer();
}

async function get(target: ProbeTarget, path: string) {
  const headers = { authorization: `Bearer ${target.key}` };
  return (await fetch(target.origin + path, { headers })).arrayBuffer();
}

const many = (count: number, text: (at: number) => string, between = ' ') =>
  Array.from({ length: count }, (_, at) => text(at)).join(between);

const document = (name: string, query: string | ((target: ProbeTarget) => string)): Probe => ({
  name,
  wire: 'GraphQL',
  send: (target) =>
    post(
      target,
      '/graphql',
      JSON.stringify({ query: typeof query === 'string' ? query : query(target) }),
    ),
});

/** Many operations that share one fragment of thousands of fields. */
const unfolding = (operations: number) =>
  [
    many(operations, (at) => `query Q${at}{...R}`),
    'fragment R on Query{payment(id:"x"){...F0}}',
    ...[0, 1, 2].map(
      (level) =>
        `fragment F${level} on Payment{${many(7, (at) => `a${at}:refunds{nodes{payment{...F${level + 1}}}}`)}}`,
    ),
    `fragment F3 on Payment{${many(4, (at) => `a${at}:id`)}}`,
  ].join('\n');

const documents: readonly Probe[] = [
  document('170 operations that share one large fragment', unfolding(170)),
  document(
    '32,000 lines, and a list whose every item fails',
    `${'\n'.repeat(32_000)}{customers(first:90){nodes{${many(2, (at) => `c${at}:payments(first:1,after:"x"){nodes{id}}`)}}}}`,
  ),
  document('21,000 comments', `{__typename}${'#\n'.repeat(21_000)}`),
  document('one field named 1,000 times', `{payment(id:"x"){${'id '.repeat(1000)}}}`),
  document(
    '29 names for the cursors of 100 payments',
    `{payments(first:100){edges{${many(29, (at) => `c${at}:cursor`)}}}}`,
  ),
  document(
    '25 names for the metadata of 100 large payments',
    ({ fixtures }) =>
      `{payments(first:100,customer:"${fixtures.heavyCustomerId}"){nodes{${many(25, (at) => `m${at}:metadata`)}}}}`,
  ),
  document(
    '29 names for the time of 100 payments',
    `{payments(first:100){nodes{${many(29, (at) => `t${at}:createdAt`)}}}}`,
  ),
  document(
    '15 lists of 100 payments by their ids alone',
    `{${many(15, (at) => `l${at}:payments(first:100){nodes{id}}`)}}`,
  ),
  document(
    '30 lists of events that match rarely',
    `{${many(30, (at) => `e${at}:events(first:100,types:[PAYMENT_CANCELED]){nodes{id}}`)}}`,
  ),
  document(
    'customers, payments and refunds, 4 levels',
    '{customers(first:10){nodes{payments(first:20){nodes{refunds{nodes{id payment{id}}}}}}}}',
  ),
  document('introspection', '{__schema{types{name fields{name type{name ofType{name}}}}}}'),
];

const reads: readonly Probe[] = [
  '/v1/payments?limit=100',
  '/v1/payments?sort=amount&status=canceled&limit=100',
  '/v1/payments?amount_min=99999999999&limit=100',
  '/v1/payments?amount_max=0&limit=100',
  '/v1/payments?sort=amount&created_from=2011-12-01T00:00:00Z&limit=100',
  '/v1/payments?status=succeeded&amount_max=0&limit=100',
  '/v1/customers?email=nobody@example.com&limit=100',
  '/v1/customers?expand=payments.refunds',
  '/v1/payments?expand=customer,refunds&limit=100',
  '/v1/events?types=payment.canceled&limit=100',
  '/v1/events?limit=100',
].map((path) => ({
  name: `GET ${path}`,
  wire: 'REST',
  send: (target: ProbeTarget) => get(target, path),
}));

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

const faults: readonly Probe[] = [
  {
    name: 'POST of a body nested 30,000 deep',
    wire: 'REST',
    send: (target) => post(target, '/v1/payments', `{"metadata":${nested(30_000)}}`),
  },
  {
    name: 'POST of a body with 5,000 unknown fields',
    wire: 'REST',
    send: (target) => post(target, '/v1/payments', `{${many(5000, (at) => `"x${at}":1`, ',')}}`),
  },
  {
    name: 'POST of 60 kB of protobuf that are none',
    wire: 'REST',
    send: (target) =>
      post(target, '/v1/payments', '\x42\x01a'.repeat(20_000), 'application/protobuf'),
  },
];

const batches = (label: string, wire: CallWire): readonly Probe[] => {
  const of = (
    name: string,
    call: (client: Client, target: ProbeTarget) => Promise<unknown>,
  ): Probe => ({
    name,
    wire: label,
    send: (target) => call(target.clients[wire], target).catch(() => {}),
  });
  const hundred = ({ fixtures }: ProbeTarget) =>
    Array.from({ length: 100 }, () => fixtures.refundableId);
  return [
    of('one payment (what the others are compared with)', (client, { fixtures }) =>
      readOne(client, fixtures.paymentId),
    ),
    of('100 payments by id', (client, target) => client.getPaymentsByIds({ ids: hundred(target) })),
    of('refunds of 100 payments', (client, target) =>
      client.getRefundsByPaymentIds({ payments: hundred(target) }),
    ),
    of('100 large payments', (client, { fixtures }) =>
      readNewest(client, 100, fixtures.heavyCustomerId),
    ),
    of('100 faulty ids', (client) => client.getPaymentsByIds({ ids: Array(100).fill('') })),
  ];
};

const replay = (label: string, wire: Exclude<WireName, 'rest' | 'rest-http2'>, after: number) => ({
  name: `every event after ${after === 0 ? 'the first' : 'the last 1,000'}`,
  wire: label,
  async send({ clients, sse, lastSequence }: ProbeTarget) {
    const stop = new AbortController();
    const client = wire === 'sse' ? sse : clients[wire];
    const from = after === 0 ? 0 : lastSequence - after;
    const stream = await client.watchEvents({ after: from }, { signal: stop.signal });
    for await (const event of stream) if (event.sequence >= lastSequence) stop.abort();
  },
});

/** Requests that were found to cost the most for what they are, on every wire. */
export const probes: readonly Probe[] = [
  ...batches('REST', 'rest'),
  ...batches('gRPC', 'grpc'),
  ...batches('GraphQL', 'graphql'),
  ...batches('WebSocket', 'websocket'),
  ...reads,
  ...faults,
  ...documents,
  replay('SSE', 'sse', 0),
  replay('gRPC', 'grpc', 0),
  replay('GraphQL', 'graphql', 0),
  replay('WebSocket', 'websocket', 0),
];
