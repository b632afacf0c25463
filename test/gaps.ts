/** What a room may have or not have, beside the operations that all of them carry. */
export type Feature =
  /** Every operation of core can be called. */
  | 'calls'
  /** Events reach the client without it asking again. */
  | 'push'
  /** A page can open the stream of events with what browsers have, which sets no headers. */
  | 'watched from a page'
  /** A field that the operation does not know is refused, and not passed over. */
  | 'unknown fields refused'
  /** A payment names the operations that its state allows now. */
  | 'links'
  /** An answer says that it repeats that of an earlier call with the same idempotency key. */
  | 'replays marked'
  /** A change can name the version that it expects, and is not made to another. */
  | 'expected versions'
  /** A page size above the maximum is refused, and not taken for the maximum. */
  | 'oversized pages refused'
  /** Every stream of the room says where it starts before its first event. */
  | 'start told'
  /** The last released contract is kept, so that a breaking change is found. */
  | 'released contract';

export type Room = 'rest' | 'grpc' | 'graphql' | 'sse' | 'websocket';

/**
 * Where the rooms differ on purpose, each with its reason. `gaps.test.ts` probes every room for
 * every feature: a gap that is not declared here fails, and so does one that no longer exists.
 */
export const gaps: readonly {
  readonly room: Room;
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
    feature: 'start told',
    reason:
      'Pings say it over WebSocket; GraphQL over SSE has next and complete alone, and a client that resumes sends its document again and no Last-Event-ID.',
  },
  {
    room: 'sse',
    feature: 'replays marked',
    reason: 'There is no call to replay.',
  },
  {
    room: 'rest',
    feature: 'push',
    reason: 'HTTP answers what it was asked; the REST client polls, and SSE is the stream of HTTP.',
  },
  {
    room: 'grpc',
    feature: 'unknown fields refused',
    reason:
      'proto3 keeps unknown fields for the sake of newer clients, and generated code is blind to them.',
  },
  {
    room: 'grpc',
    feature: 'links',
    reason: 'Hypermedia belongs to HTTP: a generated client knows its methods beforehand.',
  },
  {
    room: 'graphql',
    feature: 'links',
    reason: 'The graph itself is the links; what may be done next is a mutation of the schema.',
  },
  {
    room: 'rest',
    feature: 'watched from a page',
    reason: 'There is no stream to open; a page lists the events after a sequence by fetch.',
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
      'EventSource sets no headers, a key in a URL is kept by logs, and there is no ticket yet that could stand there.',
  },
  {
    room: 'graphql',
    feature: 'replays marked',
    reason: 'One document may hold many mutations, and their results are resources, not envelopes.',
  },
  {
    room: 'grpc',
    feature: 'expected versions',
    reason: 'Etags are read (AIP-154) and no request that changes something takes one yet.',
  },
  {
    room: 'graphql',
    feature: 'expected versions',
    reason: 'Mutations take no version yet; each expects the state that allows it.',
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
    reason: 'AIP-158 has a server take such a page size for its maximum.',
  },
  {
    room: 'sse',
    feature: 'oversized pages refused',
    reason: 'A stream has no pages; the list of events is REST.',
  },
  ...(['rest', 'grpc', 'graphql', 'sse', 'websocket'] as const).map((room) => ({
    room,
    feature: 'released contract' as const,
    reason: 'Nothing was released yet, so that there is no contract to break.',
  })),
];

/**
 * Operations that the contract names and core does not have, so that no room has them: in gRPC
 * `UpdatePayment` with `update_mask`, the streams `ImportPayments` and `CreatePayments`, and so on.
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
    reason: 'Customers are written once: events and replays would show what an erasure removes.',
  },
  {
    resource: 'disputes',
    operations: ['getDispute', 'listDisputes', 'submitDisputeEvidence', 'acceptDispute'],
    reason: 'The simulated card network opens no disputes.',
  },
  {
    resource: 'files',
    operations: ['createFile', 'getFile', 'listFiles', 'readFile', 'deleteFile'],
    reason: 'There is no store of bytes, and nothing here needs one without disputes and exports.',
  },
  {
    resource: 'balance and ledger',
    operations: ['getBalance', 'listLedgerEntries'],
    reason: 'Amounts are kept on payments alone; there is no double entry to read.',
  },
  {
    resource: 'currencies',
    operations: ['getCurrency', 'listCurrencies'],
    reason: 'The table of minor units is in core and not a resource.',
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
    reason: 'Events are pushed over streams that the client opens; nothing is sent out.',
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
    reason: 'Every operation ends within its call, so that there is nothing to wait for.',
  },
  {
    resource: 'keys',
    operations: ['listKeys', 'rotateKey'],
    reason: 'Keys are created and revoked; a rotation is one of each.',
  },
  {
    resource: 'audit and usage',
    operations: ['listAuditEntries', 'getUsage'],
    reason: 'Calls are in the log and in the metrics, and not in the database.',
  },
];
