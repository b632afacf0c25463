/**
 * Regressions: inputs that once broke a room, by the room that they were found in, and the tests
 * that cover them now. `faults.test.ts` fails if a row is missing or a test has another title. The
 * names of the rows are stable and mean nothing else.
 */

/** A test by its file under `test/`, and its title as that file has it. */
export type TestOf = readonly [file: string, title: string];

export type Fault =
  | { readonly input: string; readonly tests: readonly [TestOf, ...TestOf[]] }
  /** Not covered yet, and why. */
  | { readonly input: string; readonly waits: string };

export type Faults = Readonly<Record<string, Fault>>;

const rest: Faults = {
  S0: {
    input: 'half of a character as a name, in one WebSocket frame',
    tests: [
      [
        'wire/websocket-hostile.test.ts',
        'half a surrogate pair as a name or a value is an error of the frame that has it',
      ],
      [
        'wire/websocket-hostile.test.ts',
        'what breaks while an error is answered closes that connection alone, with 1011',
      ],
      [
        'abuse/last-net.test.ts',
        '%s is logged without secrets and counted, and the server goes on',
      ],
    ],
  },
  S1: {
    input: 'a key that makes itself a more powerful one',
    tests: [
      [
        'contract/powers.test.ts',
        'a key grants no scope that it lacks, and no higher rate or burst than its own',
      ],
      ['contract/powers.test.ts', 'a key ends no key that can do more than it'],
    ],
  },
  S2: {
    input: 'If-Match with a version that is gone, on a capture',
    tests: [
      [
        'wire/rest-preconditions.test.ts',
        'a write whose If-Match is false changes nothing, whatever it would have done',
      ],
      ['wire/rest-preconditions.test.ts', 'If-None-Match is a condition of a write: %s'],
    ],
  },
  W1: {
    input: 'half of a character as a name, in a body',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'half of a character as a name is told like any other name, on every write',
      ],
      ['wire/rest-fuzz.test.ts', 'no body makes the server fail'],
    ],
  },
  W2: {
    input: 'a filter and an order that no index covers, 150 times',
    tests: [
      ['storage/payment-list.test.ts', 'by %s steps over 2,000 rows at most, whatever is filtered'],
      [
        'storage/payment-list.test.ts',
        'by %s gives each payment once in order, whatever is filtered',
      ],
    ],
  },
  W3: {
    input: '30 February as a filter',
    tests: [
      ['wire/rest-problems.test.ts', 'say what was got, as it was sent'],
      ['wire/time.test.ts', 'a time that no calendar or clock has is none'],
    ],
  },
  W4: {
    input: 'an answer with fields, against the OpenAPI document',
    tests: [
      [
        'wire/rest-answers.test.ts',
        'what the document says of answers is true with fields, with expansions and without',
      ],
    ],
  },
  W5: {
    input: '25 refunds inside of a payment',
    tests: [
      [
        'wire/rest-expansions.test.ts',
        'refunds inside of a payment are a page, and its next one goes on where it ends',
      ],
      [
        'contract/contract.test.ts',
        'the refunds of a payment are a page there, which its list continues',
      ],
    ],
  },
  W6: {
    input: 'an expansion, by a key whose bucket holds one token',
    tests: [
      [
        'wire/rest-expansions.test.ts',
        'a request with expansions is admitted once, so that the smallest bucket lets it through',
      ],
    ],
  },
  W7: {
    input: 'protobuf text that is not UTF-8, and fields that are not known',
    tests: [
      ['wire/protobuf-strict.test.ts', '%s is refused in every string of a request, by its name'],
      ['wire/protobuf-strict.test.ts', 'are refused by their numbers in a body, 32 at the most'],
    ],
  },
  W8: {
    input: 'a method that a path does not have',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'a method that a path does not have is a code of its own, with its page',
      ],
    ],
  },
  W9: {
    input: 'a field in camelCase',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'use the names that the caller uses: snake_case, and headers as headers',
      ],
    ],
  },
  W10: {
    input: 'two Host lines',
    tests: [['abuse/http-front.test.ts', '%s: %s and %s are refused everywhere']],
  },
  R1: {
    input: '99999999999.0000001 as an amount, and a name twice',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'about input that would be changed by reading it name the place',
      ],
    ],
  },
  R2: {
    input: '1e400, and a time before 1970',
    tests: [['wire/rest-problems.test.ts', 'say what was got, as it was sent']],
  },
  R3: {
    input: 'a field named x#y',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'a pointer is the one of RFC 6901 in a fragment, where a name has signs of its own',
      ],
    ],
  },
  R4: {
    input: 'a path with %20 and %00',
    tests: [
      ['wire/rest-problems.test.ts', 'instance is the path as it was sent, and a URI reference'],
    ],
  },
  R5: {
    input: 'NUL in metadata',
    tests: [['wire/rest-problems.test.ts', 'refuse NUL wherever text is free']],
  },
  R6: {
    input: 'Content-Type with an empty parameter',
    tests: [
      ['wire/rest-problems.test.ts', 'say of a body what they may in any spelling of RFC 9110'],
    ],
  },
  R7: {
    input: 'Accept with a quoted parameter',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'ask for a representation by quoted strings and by parameters that restrict it',
      ],
    ],
  },
  R8: {
    input: 'OPTIONS *',
    tests: [['abuse/http-front.test.ts', 'OPTIONS * is answered for the server as a whole']],
  },
  R9: {
    input: 'HTTP/1.0 without a Host',
    tests: [['abuse/http-front.test.ts', 'HTTP/1.0 needs no Host']],
  },
  R10: {
    input: 'bytes that are no request',
    tests: [
      ['abuse/http-front.test.ts', '%s is answered as a problem with a request id, and counted'],
    ],
  },
  R11: {
    input: 'a transfer coding of gzip',
    tests: [['abuse/http-front.test.ts', 'a transfer coding that is not known is 501']],
  },
  R12: {
    input: 'two Authorization lines',
    tests: [['abuse/http-front.test.ts', '%s: %s and %s are refused everywhere']],
  },
  R13: {
    input: 'DELETE of /healthz',
    tests: [['abuse/http-front.test.ts', 'the pages of the server itself know GET and HEAD alone']],
  },
  R14: {
    input: 'a key without the scope',
    tests: [['wire/rest-problems.test.ts', 'name the scope that a key lacks']],
  },
  R15: {
    input: 'headers that the OpenAPI document lacks',
    tests: [
      ['wire/rest-answers.test.ts', 'every header that an answer has is in the document'],
      [
        'wire/rest-answers.test.ts',
        'what an input may not be is in the document, with all of its limits',
      ],
    ],
  },
  R16: {
    input: '7,000 malformed bodies',
    tests: [
      ['wire/rest-refusals.test.ts', 'is counted once, with the id of the request'],
      [
        'wire/rest-refusals.test.ts',
        'takes tokens, tells what is left, and is refused when none is',
      ],
    ],
  },
  R17: {
    input: 'an expansion without its scope, of payments without customers',
    tests: [
      [
        'wire/rest-expansions.test.ts',
        'the scope of an expansion is asked for before anything is read',
      ],
    ],
  },
  R18: {
    input: 'an empty list in a URL',
    tests: [
      [
        'wire/rest-expansions.test.ts',
        'an empty list in a URL is refused by its name, wherever one is taken',
      ],
    ],
  },
  R19: {
    input: '32 keep-alive writers at SIGTERM',
    tests: [
      [
        'abuse/shutdown.test.ts',
        '32 writers on connections that are kept are all told which response is the last',
      ],
    ],
  },
  R20: {
    input: 'a name of 60 KB',
    tests: [['wire/rest-problems.test.ts', 'are not much larger than the request']],
  },
  R21: {
    input: 'an idempotency key with parameters',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'carry one idempotency key, bare or as a string with parameters',
      ],
    ],
  },
  R22: {
    input: 'Expect: 100-continue with a body that is too large',
    tests: [
      ['abuse/http-front.test.ts', 'is told at once that its body is too large'],
      ['abuse/http-front.test.ts', 'is told at once that its key is missing or unknown'],
    ],
  },
  R23: {
    input: 'the replay of a capture after a refund',
    tests: [
      [
        'wire/rest-preconditions.test.ts',
        'a replay names neither the tag nor the URL of a state that is gone',
      ],
    ],
  },
  R24: {
    input: 'HEAD of the stream',
    tests: [
      [
        'wire/sse.test.ts',
        'HEAD is answered as GET is, without a body, and OPTIONS with the methods',
      ],
    ],
  },
};

const graphql: Faults = {
  F1: {
    input: 'a document of 170 operations that share one large fragment',
    tests: [
      ['wire/graphql-limits.test.ts', 'is made for the operation that runs, and for no other'],
      ['wire/graphql-limits.test.ts', 'stops at a number of selections, written once or unfolded'],
      ['wire/graphql-limits.test.ts', 'keeps no document that was refused'],
    ],
  },
  F2: {
    input: 'subscribe, complete and subscribe again with one id, on one WebSocket',
    tests: [
      [
        'wire/graphql-sockets.test.ts',
        'an id that is completed and used again names the second operation alone',
      ],
      [
        'wire/graphql-sockets.test.ts',
        'nothing of a connection runs after it has closed, however its ids were used',
      ],
      [
        'wire/graphql-sockets.test.ts',
        'operations that were completed count for as long as they run',
      ],
    ],
  },
  F3: {
    input: '32,000 lines before a selection that fails 1,410 times',
    tests: [
      [
        'wire/graphql-limits.test.ts',
        'the errors of an execution are as many as a response lists, and the rest a number',
      ],
      [
        'wire/graphql-limits.test.ts',
        'a node is found where it begins in the text, whatever ends its lines',
      ],
    ],
  },
  F4: {
    input: 'several mutations of one payment in one document',
    tests: [
      ['wire/graphql-answers.test.ts', 'what it changed is read anew by those that follow'],
      ['wire/graphql-answers.test.ts', 'an answer does not contradict itself'],
    ],
  },
  F5: {
    input: 'metadata of 100 payments under 29 names, and clients that do not read',
    tests: [
      ['wire/graphql-limits.test.ts', 'leaves bear a weight, and metadata a larger one'],
      [
        'wire/graphql-answers.test.ts',
        'that is too large is refused with the limit, and a plain request is answered next',
      ],
      [
        'wire/graphql-answers.test.ts',
        'that nobody reads is held for a time only: then the connection is broken',
      ],
    ],
  },
  F6: {
    input: '21,000 comments in one document',
    tests: [['wire/graphql-limits.test.ts', 'takes what it says that it takes: %s']],
  },
  F7: {
    input: 'cursors of 100 payments under 29 names',
    tests: [
      ['wire/graphql-limits.test.ts', 'edges bear a weight, whatever is asked of them'],
      ['wire/graphql-limits.test.ts', 'rows that are read have their price, selected or not: %s'],
      ['wire/graphql-answers.test.ts', 'a cursor is sealed once, and only where it is asked for'],
    ],
  },
  F8: {
    input: 'a body that is not UTF-8',
    tests: [
      ['wire/graphql-requests.test.ts', 'that is not UTF-8 is refused, and nothing is created'],
    ],
  },
  F9: {
    input: 'a filter that matches little',
    tests: [
      ['storage/payment-list.test.ts', 'by %s steps over 2,000 rows at most, whatever is filtered'],
    ],
  },
  F10: {
    input: 'the hash of a document that the server does not know, as Apollo Client sends it',
    tests: [
      [
        'wire/graphql-requests.test.ts',
        'by a hash that is not known is asked for in the words of Apollo, and then known',
      ],
      ['wire/graphql-requests.test.ts', 'and sent under a name that is not its own is refused'],
    ],
  },
  F11: {
    input: 'two subscriptions with one id of 150 characters',
    tests: [
      ['wire/graphql-sockets.test.ts', 'an id of any length that is taken closes with 4409'],
      [
        'wire/close-codes.test.ts',
        'a close reason fits into its frame, and no character of it is cut in two',
      ],
    ],
  },
  F12: {
    input: 'a document by its text and under a name, in one URL',
    tests: [['wire/graphql-requests.test.ts', 'and sent is answered as a text: no cache keeps it']],
  },
  F13: {
    input: 'one field named 1,000 times',
    tests: [
      ['wire/graphql-limits.test.ts', 'whose fields are too many to be compared with each other'],
    ],
  },
  F14: {
    input: 'a known document that is refused, 300 times',
    tests: [
      ['wire/graphql-limits.test.ts', 'a known document that is refused takes a token each time'],
    ],
  },
  F15: {
    input: 'a number as the value of an enum',
    tests: [['wire/graphql-limits.test.ts', 'an enum that is %j is a violation with its path']],
  },
  F16: {
    input: 'weights that add up to half a point',
    tests: [
      [
        'wire/graphql-limits.test.ts',
        'what a document cost is never more than what was asked for it (%i customers)',
      ],
    ],
  },
  F17: {
    input: '30 February',
    tests: [['wire/graphql-requests.test.ts', '%s, which does not exist, is refused by name']],
  },
  F18: {
    input: 'a replay of the whole history for one token',
    tests: [
      [
        'wire/sse-resume.test.ts',
        'a replay takes a token for each 20 events, and waits where the bucket is empty',
      ],
    ],
  },
};

const grpc: Faults = {
  F1: {
    input: 'a watch whose deadline passes while events flow',
    tests: [
      [
        'wire/grpc-streams.test.ts',
        'ends a stream while events flow, with DEADLINE_EXCEEDED and nothing after it',
      ],
      ['wire/grpc-streams.test.ts', 'resets a stream whose reader takes nothing'],
    ],
  },
  F2: {
    input: 'a deadline of 30 days',
    tests: [
      ['wire/grpc-streams.test.ts', 'of %s is kept: the stream goes on'],
      [
        'wire/grpc-deadline.test.ts',
        'a deadline of years is kept to the day, and the wait for it costs a timer a month',
      ],
    ],
  },
  F3: {
    input: 'a reflection stream that asks again and again and reads nothing',
    tests: [
      [
        'wire/grpc-reflection.test.ts',
        'reflection reads no further while its answers are not taken',
      ],
      [
        'wire/grpc-reflection.test.ts',
        'reflection answers a bounded number of requests in one stream',
      ],
    ],
  },
  F4: {
    input: 'protobuf text that is not UTF-8',
    tests: [
      ['wire/protobuf-strict.test.ts', '%s is refused in every string of a request, by its name'],
      [
        'wire/grpc-contract.test.ts',
        '%s is refused by the name of its field, and nothing is stored',
      ],
    ],
  },
  F5: {
    input: 'a protobuf message that is cut short',
    tests: [
      ['wire/protobuf-strict.test.ts', '%s is refused, and nothing of it is read'],
      [
        'wire/grpc-contract.test.ts',
        '%s is refused by the name of its field, and nothing is stored',
      ],
    ],
  },
  F6: {
    input: 'a payment whose deadline has passed when it comes',
    tests: [
      [
        'wire/grpc-guard.test.ts',
        'a call that comes with %s left is DEADLINE_EXCEEDED and has no effect',
      ],
      ['wire/grpc-guard.test.ts', 'a call whose deadline passes while it %s has no effect'],
    ],
  },
  F7: {
    input: 'a batch of 100 faulty ids',
    tests: [
      ['wire/grpc-contract.test.ts', '%s: at most 8,192 bytes of them'],
      [
        'wire/grpc-contract.test.ts',
        'of many violations the first are told, and how many more there are',
      ],
    ],
  },
  F8: {
    input: 'a page of payments with 60 KB of metadata each',
    tests: [
      [
        'wire/grpc-contract.test.ts',
        'a page of payments with all the metadata they can have ends early, with a token',
      ],
      [
        'wire/grpc-contract.test.ts',
        'a batch that would not fit is refused with the number that does',
      ],
      ['core/answer-size.test.ts', 'of payments: every one is found once, and no page is larger'],
    ],
  },
  F9: {
    input: 'one idempotency key in quotes and bare',
    tests: [
      [
        'wire/grpc-limits.test.ts',
        'an idempotency key in quotes and the same one bare are one key',
      ],
    ],
  },
  F10: {
    input: 'failures that the library answers for itself',
    tests: [
      [
        'wire/grpc-guard.test.ts',
        'a message over the limit, no message and two of them have the error of the contract',
      ],
      [
        'wire/grpc-events.test.ts',
        'closing ends streams with UNAVAILABLE and does not wait for their clients',
      ],
    ],
  },
  F11: {
    input: 'malformed calls and bad credentials, again and again',
    tests: [
      ['wire/grpc-limits.test.ts', 'are told in initial metadata, on answers and on failures'],
      ['wire/grpc-limits.test.ts', '%s takes tokens of its key'],
      ['wire/grpc-limits.test.ts', '%s takes a token of its address'],
    ],
  },
  F12: {
    input: 'a page token of events that was made up',
    tests: [
      [
        'wire/grpc-contract.test.ts',
        'are opaque and bound to merchant and types, and no sequence takes their place',
      ],
    ],
  },
  F13: {
    input: 'a batch of refunds of a payment that has 25',
    tests: [
      [
        'wire/grpc-contract.test.ts',
        'the refunds of a payment in a batch are a page, whose token goes on in ListRefunds',
      ],
    ],
  },
  F14: {
    input: 'a refused call whose client never ends its side',
    tests: [
      [
        'wire/grpc-guard.test.ts',
        'a refused call leaves no stream open, though its client never ends its side',
      ],
    ],
  },
  F15: {
    input: 'values that an enum or an order does not have',
    tests: [
      [
        'wire/grpc-contract.test.ts',
        'scopes and states in messages and in ErrorInfo have the names of their enums',
      ],
      ['wire/grpc-contract.test.ts', "an order in core's spelling"],
    ],
  },
  F16: {
    input: 'Compressed-Flags that cannot be',
    tests: [
      ['wire/grpc-guard.test.ts', '%s is INTERNAL and carries nothing out'],
      [
        'wire/grpc-guard.test.ts',
        'a message in an encoding that is not read is UNIMPLEMENTED, with those that are',
      ],
    ],
  },
  F17: {
    input: 'a call by GET, or of a content type that only begins like gRPC',
    tests: [
      ['wire/grpc-guard.test.ts', 'HTTP %s is 405 and carries nothing out'],
      ['wire/grpc-guard.test.ts', 'the content type %s is 415'],
    ],
  },
  F18: {
    input: 'a grpc-timeout of 1.5S',
    tests: [['wire/grpc-guard.test.ts', 'the grpc-timeout %j is refused by name']],
  },
  F19: {
    input: 'reflection on __proto__',
    tests: [
      ['wire/grpc-reflection.test.ts', 'reflection knows no %j'],
      ['wire/grpc-reflection.test.ts', 'reflection lists every service of the port, itself too'],
    ],
  },
  F20: {
    input: 'a message cut inside of its frame',
    tests: [
      ['wire/grpc-guard.test.ts', '%s is INTERNAL and carries nothing out'],
      [
        'wire/grpc-guard.test.ts',
        'an unknown method is UNIMPLEMENTED, with its name percent-encoded',
      ],
    ],
  },
  F21: {
    input: 'a call under way at shutdown',
    tests: [
      ['wire/grpc-deadline.test.ts', 'closing gives the calls under way 10 s, and then ends them'],
    ],
  },
  F22: {
    input: 'NUL in metadata, and a position of 10^12',
    tests: [
      [
        'wire/grpc-contract.test.ts',
        'a NUL in metadata is refused, in its names and in its values',
      ],
      [
        'wire/grpc-streams.test.ts',
        'beyond the newest event is OUT_OF_RANGE, and says what is the newest',
      ],
      [
        'wire/grpc-contract.test.ts',
        'every dynamic value of a message is in ErrorInfo under a name in snake case',
      ],
    ],
  },
  F23: {
    input: 'methods of the contract that do not exist yet',
    tests: [['gaps.test.ts', 'what is said not to be built is in no room, and has its reason']],
  },
};

const streams: Faults = {
  F1: {
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
  F2: {
    input: 'a key that another process revokes',
    tests: [
      ['storage/processes.test.ts', 'ends the streams that are open with it here'],
      [
        'storage/processes.test.ts',
        'ends a session that was authenticated once: it writes no more',
      ],
      [
        'abuse/shared-database.test.ts',
        'a key that another server revokes ends its streams on every wire',
      ],
    ],
  },
  F3: {
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
        'a stream that is cut before its first event resumes without a gap where it said it was',
      ],
    ],
  },
  F4: {
    input: 'a GraphQL subscription over SSE at SIGTERM',
    tests: [
      [
        'wire/graphql-streams.test.ts',
        'closing the room ends every stream, and says of none that it is complete',
      ],
    ],
  },
  F5: {
    input: 'a GraphQL subscription over SSE behind nginx',
    tests: [
      [
        'wire/graphql-events.test.ts',
        'an event stream has the headers that bring it through proxies',
      ],
    ],
  },
  F6: {
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
  F7: {
    input: 'events of another process on the same database',
    tests: [
      [
        'storage/processes.test.ts',
        'a quiet server delivers what another process commits, in order and once',
      ],
      [
        'wire/streams-elsewhere.test.ts',
        'an SSE stream has what another server commits, and ends when that one revokes its key',
      ],
    ],
  },
  F8: {
    input: 'a database that another process holds locked',
    tests: [
      [
        'storage/locked.test.ts',
        'writes wait in their order and reads go on; all are committed when it lets go',
      ],
      [
        'storage/locked.test.ts',
        'a write that waited long enough is refused with when to retry, and did nothing',
      ],
      ['abuse/shared-database.test.ts', 'REST answers 503 with Retry-After'],
    ],
  },
  F9: {
    input: 'a WebSocket of a page behind nginx',
    tests: [
      [
        'wire/websocket-guard.test.ts',
        'from an origin that a setting allows is taken, whatever the host is',
      ],
    ],
  },
  F10: {
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
  F11: {
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
  F12: {
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
  F13: {
    input: 'an EventSource in a browser, which cannot send a key',
    waits: 'A ticket in the URL, which a page can send, is not built yet.',
  },
  F14: {
    input: 'a GraphQL subscription over SSE that nobody reads',
    tests: [
      [
        'wire/graphql-events.test.ts',
        'a reader that stops reading is cut off, and its stream ends',
      ],
    ],
  },
  F15: {
    input: 'a WebSocket to /graphql from another origin',
    tests: [
      [
        'wire/graphql-sockets.test.ts',
        'an upgrade of a page of another origin is refused as on the other sockets, and is counted',
      ],
    ],
  },
  F16: {
    input: '32 keep-alive connections at SIGTERM',
    tests: [
      [
        'abuse/shutdown.test.ts',
        '32 writers on connections that are kept are all told which response is the last',
      ],
    ],
  },
  F17: {
    input: 'an upgrade in HTTP/1.0',
    tests: [['abuse/http-front.test.ts', 'an upgrade in HTTP/1.0 is ignored']],
  },
  F18: {
    input: 'a database below /proc',
    tests: [['storage/database-path.test.ts', 'below a folder that makes none']],
  },
  F19: {
    input: 'HEAD of the stream, and GET of /ws',
    tests: [
      [
        'wire/sse.test.ts',
        'HEAD is answered as GET is, without a body, and OPTIONS with the methods',
      ],
      [
        'abuse/http-front.test.ts',
        'a request that does not ask for the upgrade is told what is required',
      ],
    ],
  },
  F20: {
    input: '/readyz while the disk is full',
    tests: [
      [
        'storage/readiness.test.ts',
        'is not given while the disk is full, and again when there is room',
      ],
      [
        'storage/readiness.test.ts',
        'is not given while another process holds the database, and again after it',
      ],
      [
        'abuse/shared-database.test.ts',
        'the server says that it is alive and not ready, and is ready again after it',
      ],
    ],
  },
  F21: {
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
      ['contract/powers.test.ts', 'a stream shows what the key may read, and no more'],
      [
        'contract/powers.test.ts',
        'a list of events shows what the key may read, and pages go on past the rest',
      ],
    ],
  },
  F22: {
    input: 'a merchant that makes keys for their rates',
    tests: [
      [
        'wire/websocket-resume.test.ts',
        'all keys of a merchant share its rate limit beside their own',
      ],
    ],
  },
  F23: {
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
        'an event of a type or a resource that the client does not know is handed through',
      ],
    ],
  },
};

export const faults = { rest, graphql, grpc, streams } as const;
