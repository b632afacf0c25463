import type { Regression } from './regression.ts';

export const grpc: readonly Regression[] = [
  {
    input: 'a watch whose deadline passes while events flow',
    tests: [
      [
        'wire/grpc-streams.test.ts',
        'ends a stream while events flow, with DEADLINE_EXCEEDED and nothing after it',
      ],
      ['wire/grpc-streams.test.ts', 'resets a stream whose client reads nothing'],
    ],
  },
  {
    input: 'a deadline of 30 days',
    tests: [
      ['wire/grpc-streams.test.ts', 'of %s lets the stream go on'],
      [
        'wire/grpc-deadline.test.ts',
        'a deadline of years is exact to the day and uses about one timer per month',
      ],
    ],
  },
  {
    input: 'a reflection stream that sends many requests and reads nothing',
    tests: [
      [
        'wire/grpc-reflection.test.ts',
        'reflection stops reading requests while its responses are not read',
      ],
      [
        'wire/grpc-reflection.test.ts',
        'reflection responds to a bounded number of requests in one stream',
      ],
    ],
  },
  {
    input: 'protobuf text that is not UTF-8',
    tests: [
      ['wire/protobuf-strict.test.ts', '%s is refused in every string of a request, by its name'],
      ['wire/grpc-contract.test.ts', 'with %s is refused by its name, and nothing is stored'],
    ],
  },
  {
    input: 'a protobuf message that is cut short',
    tests: [
      ['wire/protobuf-strict.test.ts', 'are refused and not read: %s'],
      ['wire/grpc-contract.test.ts', 'with %s is refused by its name, and nothing is stored'],
    ],
  },
  {
    input: 'a payment whose deadline has passed when it comes',
    tests: [
      [
        'wire/grpc-guard.test.ts',
        'of a call that arrives with %s left give DEADLINE_EXCEEDED and no effect',
      ],
      ['wire/grpc-guard.test.ts', 'that pass while a call %s leave no effect'],
    ],
  },
  {
    input: 'a batch of 100 invalid ids',
    tests: [
      ['wire/grpc-sizes.test.ts', 'with at most 8,192 bytes: %s'],
      [
        'wire/grpc-sizes.test.ts',
        'by reporting the first of many violations and the number of the rest',
      ],
    ],
  },
  {
    input: 'a page of payments with 60 KB of metadata each',
    tests: [
      [
        'wire/grpc-sizes.test.ts',
        'a page of payments with maximum metadata ends early with a token',
      ],
      [
        'wire/grpc-sizes.test.ts',
        'a batch that is too large is refused with the number of items that fit',
      ],
      ['core/answer-size.test.ts', 'and each payment is listed once'],
    ],
  },
  {
    input: 'one idempotency key in quotes and bare',
    tests: [['wire/grpc-limits.test.ts', 'an idempotency key is the same with and without quotes']],
  },
  {
    input: 'failures to which the library responds itself',
    tests: [
      [
        'wire/grpc-guard.test.ts',
        'above the size limit, missing or doubled get the error of the contract',
      ],
      [
        'wire/grpc-events.test.ts',
        'closing the server ends streams with UNAVAILABLE without waiting for their clients',
      ],
    ],
  },
  {
    input: 'repeated malformed calls and bad credentials',
    tests: [
      ['wire/grpc-limits.test.ts', 'are reported in initial metadata of responses and of failures'],
      ['wire/grpc-limits.test.ts', 'apply to the key if the request is %s'],
      ['wire/grpc-limits.test.ts', 'apply to the address if the request is %s'],
    ],
  },
  {
    input: 'an invented page token of events',
    tests: [
      [
        'wire/grpc-contract.test.ts',
        'are opaque and bound to merchant and types, and a sequence is not accepted instead',
      ],
    ],
  },
  {
    input: 'a batch of refunds of a payment that has 25',
    tests: [
      [
        'wire/grpc-contract.test.ts',
        'the refunds of a payment in a batch are a page whose token continues in ListRefunds',
      ],
    ],
  },
  {
    input: 'a refused call whose client never ends its side',
    tests: [
      [
        'wire/grpc-guard.test.ts',
        'of a refused call leave no stream open even if the client never ends its side',
      ],
    ],
  },
  {
    input: 'values that an enum or an order does not have',
    tests: [
      [
        'wire/grpc-contract.test.ts',
        'scopes and states in error messages and in ErrorInfo have the names of their enums',
      ],
      ['wire/grpc-contract.test.ts', "an order in core's spelling"],
    ],
  },
  {
    input: 'invalid Compressed-Flags',
    tests: [
      ['wire/grpc-guard.test.ts', 'give INTERNAL and have no effect: %s'],
      [
        'wire/grpc-guard.test.ts',
        'in an unsupported encoding get UNIMPLEMENTED with the supported encodings',
      ],
    ],
  },
  {
    input: 'a call by GET, or of a content type that only begins like gRPC',
    tests: [
      ['wire/grpc-guard.test.ts', 'by HTTP %s gets 405 and has no effect'],
      ['wire/grpc-guard.test.ts', 'with the content type %s gets 415'],
    ],
  },
  {
    input: 'a grpc-timeout of 1.5S',
    tests: [['wire/grpc-guard.test.ts', 'are refused by name as grpc-timeout %j']],
  },
  {
    input: 'reflection on __proto__',
    tests: [
      ['wire/grpc-reflection.test.ts', 'reflection responds with NOT_FOUND to %j'],
      [
        'wire/grpc-reflection.test.ts',
        'reflection lists every service of the port including itself',
      ],
    ],
  },
  {
    input: 'a message that is cut within its frame',
    tests: [
      ['wire/grpc-guard.test.ts', 'give INTERNAL and have no effect: %s'],
      [
        'wire/grpc-guard.test.ts',
        'to an unknown method gets UNIMPLEMENTED with the percent-encoded name',
      ],
    ],
  },
  {
    input: 'a running call at shutdown',
    tests: [
      [
        'wire/grpc-deadline.test.ts',
        'closing the server waits 10 s for running calls and then ends them',
      ],
    ],
  },
  {
    input: 'NUL in metadata, and a position of 10^12',
    tests: [
      ['wire/grpc-contract.test.ts', 'with a NUL in the names or values of metadata is refused'],
      [
        'wire/grpc-streams.test.ts',
        'beyond the newest event gets OUT_OF_RANGE with the newest sequence',
      ],
      [
        'wire/grpc-contract.test.ts',
        'every dynamic value of an error message is in ErrorInfo under a snake_case name',
      ],
    ],
  },
  {
    input: 'methods of the contract that do not exist yet',
    tests: [
      ['gaps.test.ts', 'a feature that is declared as not built is in no room and has its reason'],
    ],
  },
];
