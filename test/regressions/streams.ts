import type { Regression } from './regression.ts';

export const streams: readonly Regression[] = [
  {
    input: '350 EventSources that are cut at one moment',
    tests: [
      [
        'wire/sse-resume.test.ts',
        'EventSources that are cut off all at once all come back, however few may at a time',
      ],
      [
        'wire/sse-resume.test.ts',
        'a pause before connecting again is drawn for each connection, and longer under load',
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
      [
        'wire/sse-resume.test.ts',
        'an EventSource that is cut off before its first event misses none',
      ],
      [
        'wire/websocket-resume.test.ts',
        'a subscription says where it starts, and one that is cut before an event misses none',
      ],
      [
        'wire/grpc-streams.test.ts',
        'where a stream starts is told before the first event: a cut then loses nothing',
      ],
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
      [
        'wire/sse-resume.test.ts',
        'a position that does not exist yet is refused by name, and not waited for',
      ],
      [
        'wire/websocket-resume.test.ts',
        'a position that does not exist yet is refused by its name',
      ],
      [
        'wire/grpc-streams.test.ts',
        'beyond the newest event is OUT_OF_RANGE, and says what is the newest',
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
        'an SSE stream has what another server commits, and ends when that one revokes its key',
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
    tests: [
      [
        'wire/websocket-guard.test.ts',
        'from an origin that a setting allows is taken, whatever the host is',
      ],
    ],
  },
  {
    input: 'a stream that fails after its start',
    tests: [
      [
        'wire/sse-resume.test.ts',
        'what fails a stream after its start is in the log and the count, under its request id',
      ],
      [
        'wire/websocket-resume.test.ts',
        'what fails a subscription after its start is in the log and the count, under its request id',
      ],
    ],
  },
  {
    input: 'a filter that rarely matches, at each resume',
    tests: [
      [
        'wire/sse-resume.test.ts',
        'a replay takes a token for each 20 events, and waits where the bucket is empty',
      ],
      [
        'wire/sse-resume.test.ts',
        'heartbeats move the position on past events that are not asked for',
      ],
    ],
  },
  {
    input: 'as many streams of one key as there are descriptors',
    tests: [
      [
        'wire/sse-resume.test.ts',
        'one key has a bounded number of streams open, and is told so by name',
      ],
      [
        'wire/websocket-resume.test.ts',
        'a subscription that ends gives its place back, however it ends',
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
        'HEAD is answered as GET is, without a body, and OPTIONS with the methods',
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
      [
        'wire/sse-resume.test.ts',
        'a stream shows events of those resources alone that the key may read',
      ],
      [
        'wire/websocket-resume.test.ts',
        'a subscription shows events of those resources alone that the key may read',
      ],
      ['contract/powers.test.ts', 'a stream shows only what the key may read'],
      [
        'contract/powers.test.ts',
        'a list of events shows only what the key may read, and its pages skip the rest',
      ],
    ],
  },
  {
    input: 'a merchant that makes keys for their rates',
    tests: [
      [
        'wire/websocket-resume.test.ts',
        'all keys of a merchant share its rate limit beside their own',
      ],
    ],
  },
  {
    input: 'an event of a type that the client does not know',
    tests: [
      [
        'wire/newer-server.test.ts',
        'the SSE client hands events of an unknown type through, and goes on',
      ],
      [
        'wire/grpc-contract.test.ts',
        'its stream goes on past an event type and a resource that it does not know',
      ],
      [
        'wire/graphql-client.test.ts',
        'the client passes through an event of an unknown type or resource',
      ],
    ],
  },
];
