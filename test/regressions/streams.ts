import type { Regression } from './regression.ts';

export const streams: readonly Regression[] = [
  {
    input: '350 EventSources that are cut at one moment',
    tests: [
      [
        'wire/sse-resume.test.ts',
        'many EventSources that are cut together all reconnect despite the limit per address',
      ],
      [
        'wire/sse-resume.test.ts',
        'the pause before a reconnection is random for each connection and longer under load',
      ],
    ],
  },
  {
    input: 'a key that another process revokes',
    tests: [
      ['storage/processes.test.ts', 'ends the streams that are open with it in this process'],
      ['storage/processes.test.ts', 'can no longer write in a session that it authenticated'],
      [
        'abuse/shared-database.test.ts',
        'a key that another server revokes ends its streams on every wire',
      ],
    ],
  },
  {
    input: 'a stream that is cut before its first event',
    tests: [
      ['wire/sse-resume.test.ts', 'an EventSource that is cut before its first event misses none'],
      [
        'wire/websocket-resume.test.ts',
        'a subscription reports its start position, and one that is cut before an event misses none',
      ],
      ['wire/grpc-streams.test.ts', 'is sent before the first event, so that a cut loses nothing'],
      [
        'wire/graphql-positions.test.ts',
        'a stream that is cut before its first event resumes at its reported position without a gap',
      ],
    ],
  },
  {
    input: 'a GraphQL subscription over SSE at SIGTERM',
    tests: [
      [
        'wire/graphql-streams.test.ts',
        'closing the server ends every stream and reports none as complete',
      ],
    ],
  },
  {
    input: 'a GraphQL subscription over SSE behind nginx',
    tests: [
      [
        'wire/graphql-events.test.ts',
        'an event stream has the headers that proxies need to pass it on',
      ],
    ],
  },
  {
    input: 'a position beyond the newest event',
    tests: [
      ['wire/sse-resume.test.ts', 'a position that does not exist yet is refused by name at once'],
      [
        'wire/websocket-resume.test.ts',
        'a position that does not exist yet is refused by the name of its field',
      ],
      [
        'wire/grpc-streams.test.ts',
        'beyond the newest event gets OUT_OF_RANGE with the newest sequence',
      ],
      [
        'wire/graphql-positions.test.ts',
        'a position that does not exist yet is refused by name, over socket and event stream',
      ],
    ],
  },
  {
    input: 'events of another process on the same database',
    tests: [
      [
        'storage/processes.test.ts',
        'an idle server delivers the commits of another process in order and once',
      ],
      [
        'wire/streams-elsewhere.test.ts',
        'an SSE stream has the commits of another server and ends when that one revokes its key',
      ],
    ],
  },
  {
    input: 'a database that another process holds locked',
    tests: [
      [
        'storage/locked.test.ts',
        'writes wait in order until the lock is released, and reads go on',
      ],
      [
        'storage/locked.test.ts',
        'a write that waits too long is refused with the time to wait and has no effect',
      ],
      ['abuse/shared-database.test.ts', 'REST refuses a write with 503 and Retry-After'],
    ],
  },
  {
    input: 'a WebSocket of a page behind nginx',
    tests: [['wire/websocket-guard.test.ts', 'from a configured origin is accepted for any host']],
  },
  {
    input: 'a stream that fails after its start',
    tests: [
      [
        'wire/sse-resume.test.ts',
        'a failure of a stream after its start is logged and counted under its request id',
      ],
      [
        'wire/websocket-resume.test.ts',
        'a failure of a subscription after its start is logged and counted under its request id',
      ],
    ],
  },
  {
    input: 'a filter that rarely matches, at each resume',
    tests: [
      [
        'wire/sse-resume.test.ts',
        'a replay takes a token per 20 events and waits while the bucket is empty',
      ],
      ['wire/sse-resume.test.ts', 'heartbeats advance the position past events of other types'],
    ],
  },
  {
    input: 'as many streams of one key as there are descriptors',
    tests: [
      [
        'wire/sse-resume.test.ts',
        'the number of open streams of a key is limited, and the error names the limit',
      ],
      [
        'wire/websocket-resume.test.ts',
        'a subscription that ends in any way no longer counts toward the limit',
      ],
    ],
  },
  {
    input: 'a GraphQL subscription over SSE that nobody reads',
    tests: [
      [
        'wire/graphql-events.test.ts',
        'a reader that stops reading is disconnected, and its stream ends',
      ],
    ],
  },
  {
    input: 'a WebSocket to /graphql from another origin',
    tests: [
      [
        'wire/graphql-sockets.test.ts',
        'an upgrade from a page of another origin is refused and counted',
      ],
    ],
  },
  {
    input: '32 keep-alive connections at SIGTERM',
    tests: [
      [
        'abuse/shutdown.test.ts',
        '32 writers on persistent connections each learn which response is the last',
      ],
    ],
  },
  {
    input: 'an upgrade in HTTP/1.0',
    tests: [['abuse/http-front.test.ts', 'is not upgraded in HTTP/1.0']],
  },
  {
    input: 'a database below /proc',
    tests: [['storage/database-path.test.ts', 'below a folder that makes none']],
  },
  {
    input: 'HEAD of the stream, and GET of /ws',
    tests: [
      [
        'wire/sse.test.ts',
        'HEAD gets the response of GET without a body, and OPTIONS gets the methods',
      ],
      [
        'abuse/http-front.test.ts',
        'gets the required upgrade in its response if it does not ask for one',
      ],
    ],
  },
  {
    input: '/readyz while the disk is full',
    tests: [
      [
        'storage/readiness.test.ts',
        'fails while the disk is full, and returns when there is space',
      ],
      [
        'storage/readiness.test.ts',
        'fails while another process holds the database, and returns afterwards',
      ],
      [
        'abuse/shared-database.test.ts',
        'the server reports that it is alive but not ready, and is ready again afterwards',
      ],
    ],
  },
  {
    input: 'events of customers, to a key without their scope',
    tests: [
      ['wire/sse-resume.test.ts', 'a stream has only events of resources that the key may read'],
      [
        'wire/websocket-resume.test.ts',
        'a subscription has only events of resources that the key may read',
      ],
      ['contract/powers.test.ts', 'a stream shows only what the key may read'],
      [
        'contract/powers.test.ts',
        'a list of events shows only what the key may read, and its pages skip the rest',
      ],
    ],
  },
  {
    input: 'a merchant that creates keys for their rate limits',
    tests: [
      [
        'wire/websocket-resume.test.ts',
        'all keys of a merchant share its rate limit besides their own',
      ],
    ],
  },
  {
    input: 'an event of a type that the client does not know',
    tests: [
      [
        'wire/newer-server.test.ts',
        'the SSE client passes events of an unknown type through and goes on',
      ],
      [
        'wire/grpc-contract.test.ts',
        'continues its stream past an unknown event type and an unknown resource',
      ],
      [
        'wire/graphql-client.test.ts',
        'the client passes through an event of an unknown type or resource',
      ],
    ],
  },
];
