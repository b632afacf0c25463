import { type Wire, wires } from '../services/config.ts';

/** What some rooms have and others do not. All of them have the operations. */
export type Feature =
  /** Every operation of core can be called. */
  | 'calls'
  /** The client gets events without polling. */
  | 'push'
  /** A web page can open the stream of events by EventSource or WebSocket, which set no headers. */
  | 'watched from a page'
  /** A field that the operation does not know is refused, not ignored. */
  | 'unknown fields refused'
  /** A payment names the operations that its state allows now. */
  | 'links'
  /** A response says that it repeats the one of an earlier call with the same idempotency key. */
  | 'replays marked'
  /** A write can name the version that it expects, and is refused if another one is current. */
  | 'expected versions'
  /** A page size above the maximum is refused, not reduced to the maximum. */
  | 'oversized pages refused'
  /** Every stream of the room reports its start position before its first event. */
  | 'start reported'
  /** The last released contract is kept, so that a breaking change is found. */
  | 'released contract';

/**
 * Where the rooms differ on purpose, each with its reason. `gaps.test.ts` probes every room for
 * every feature: a gap that is not declared here fails, and so does one that no longer exists.
 */
export const gaps: readonly {
  readonly room: Wire;
  readonly feature: Feature;
  readonly reason: string;
}[] = [
  {
    room: 'sse',
    feature: 'calls',
    reason: 'An EventSource can send nothing after its request: the stream runs one way.',
  },
  {
    room: 'graphql',
    feature: 'start reported',
    reason:
      'GraphQL over WebSocket has pings for it; GraphQL over SSE has only next and complete, and a client resumes by a document with `after`, not by Last-Event-ID.',
  },
  {
    room: 'sse',
    feature: 'replays marked',
    reason: 'There is no call to replay.',
  },
  {
    room: 'rest',
    feature: 'push',
    reason: 'A REST client polls the list of events; the stream over HTTP is SSE.',
  },
  {
    room: 'grpc',
    feature: 'unknown fields refused',
    reason:
      'In proto3 a server accepts unknown fields, so that newer clients can call it; generated code does not show them.',
  },
  {
    room: 'grpc',
    feature: 'links',
    reason: 'Hypermedia belongs to HTTP: a generated client has its methods already.',
  },
  {
    room: 'graphql',
    feature: 'links',
    reason: 'The fields of the graph are the links, and the mutations of the schema the actions.',
  },
  {
    room: 'rest',
    feature: 'watched from a page',
    reason: 'REST has no stream; a page lists the events after a sequence by fetch.',
  },
  {
    room: 'grpc',
    feature: 'watched from a page',
    reason: 'Browsers have no API for HTTP/2 frames and trailers, which gRPC needs.',
  },
  {
    room: 'sse',
    feature: 'watched from a page',
    reason:
      'EventSource sets no headers, logs keep a key in a URL, and there is no short-lived ticket for URLs yet.',
  },
  {
    room: 'graphql',
    feature: 'replays marked',
    reason: 'One document may hold many mutations, and their results are resources, not envelopes.',
  },
  {
    room: 'grpc',
    feature: 'expected versions',
    reason: 'Resources have etags (AIP-154), but no write takes one yet.',
  },
  {
    room: 'graphql',
    feature: 'expected versions',
    reason: 'Mutations take no version yet; each checks that the state allows it.',
  },
  {
    room: 'sse',
    feature: 'expected versions',
    reason: 'There is no call that changes anything.',
  },
  {
    room: 'websocket',
    feature: 'expected versions',
    reason: 'A frame has no header fields, and the input of a call takes no version yet.',
  },
  {
    room: 'grpc',
    feature: 'oversized pages refused',
    reason: 'AIP-158 asks the server to reduce such a page size to the maximum.',
  },
  {
    room: 'sse',
    feature: 'oversized pages refused',
    reason: 'A stream has no pages; the list of events is part of REST.',
  },
  ...wires.map((room) => ({
    room,
    feature: 'released contract' as const,
    reason: 'Nothing is released yet, so there is no contract to break.',
  })),
];

/**
 * Operations of a payments system that the core does not have yet, so that no room has them; in
 * gRPC, for example, `UpdatePayment` with `update_mask` and the stream `ImportPayments`.
 */
export const unbuilt: readonly {
  readonly resource: string;
  readonly operations: readonly string[];
  readonly reason: string;
}[] = [
  {
    resource: 'payments',
    operations: ['updatePayment', 'createPayments', 'importPayments', 'searchPayments'],
    reason: 'Payments change by their own actions and are found by filters; nothing edits them.',
  },
  {
    resource: 'customers',
    operations: ['updateCustomer', 'deleteCustomer', 'suggestCustomers'],
    reason: 'Customers do not change: events and replays would still show what a deletion removes.',
  },
  {
    resource: 'disputes',
    operations: ['getDispute', 'listDisputes', 'submitDisputeEvidence', 'acceptDispute'],
    reason: 'The simulated card network opens no disputes.',
  },
  {
    resource: 'files',
    operations: ['createFile', 'getFile', 'listFiles', 'readFile', 'deleteFile'],
    reason: 'There is no store for files; only disputes and exports would need one.',
  },
  {
    resource: 'balance and ledger',
    operations: ['getBalance', 'listLedgerEntries'],
    reason: 'Amounts are kept on payments only; there is no double-entry ledger to read.',
  },
  {
    resource: 'currencies',
    operations: ['getCurrency', 'listCurrencies'],
    reason: 'The table of currencies is a constant of the core, not a resource.',
  },
  {
    resource: 'webhook endpoints and deliveries',
    operations: [
      'createWebhookEndpoint',
      'getWebhookEndpoint',
      'listWebhookEndpoints',
      'updateWebhookEndpoint',
      'deleteWebhookEndpoint',
      'rotateWebhookSecret',
      'listDeliveries',
      'getDelivery',
      'replayDeliveries',
    ],
    reason: 'Events go to streams that clients open; the server calls nobody.',
  },
  {
    resource: 'jobs',
    operations: [
      'createImport',
      'createExport',
      'createReport',
      'getJob',
      'listJobs',
      'cancelJob',
      'retryJob',
      'watchJob',
    ],
    reason: 'Every operation ends within its call, so there is nothing to wait for.',
  },
  {
    resource: 'keys',
    operations: ['listKeys', 'rotateKey'],
    reason: 'Keys are created and revoked; to rotate a key, create one and revoke the other.',
  },
  {
    resource: 'audit and usage',
    operations: ['listAuditEntries', 'getUsage'],
    reason: 'Calls are in the log and in the metrics, not in the database.',
  },
];
