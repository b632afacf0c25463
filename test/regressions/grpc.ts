import type { Regression } from './regression.ts';

export const grpc: readonly Regression[] = [
  {
    input: 'a watch whose deadline passes while events flow',
    tests: [
      [
        'wire/grpc-streams.test.ts',
        'ends a stream while events flow, with DEADLINE_EXCEEDED and nothing after it',
      ],
      ['wire/grpc-streams.test.ts', 'resets a stream whose reader takes nothing'],
    ],
  },
  {
    input: 'a deadline of 30 days',
    tests: [
      ['wire/grpc-streams.test.ts', 'of %s is kept: the stream goes on'],
      [
        'wire/grpc-deadline.test.ts',
        'a deadline of years is kept to the day, and the wait for it costs a timer a month',
      ],
    ],
  },
  {
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
  {
    input: 'protobuf text that is not UTF-8',
    tests: [
      ['wire/protobuf-strict.test.ts', '%s is refused in every string of a request, by its name'],
      [
        'wire/grpc-contract.test.ts',
        '%s is refused by the name of its field, and nothing is stored',
      ],
    ],
  },
  {
    input: 'a protobuf message that is cut short',
    tests: [
      ['wire/protobuf-strict.test.ts', '%s is refused, and nothing of it is read'],
      [
        'wire/grpc-contract.test.ts',
        '%s is refused by the name of its field, and nothing is stored',
      ],
    ],
  },
  {
    input: 'a payment whose deadline has passed when it comes',
    tests: [
      [
        'wire/grpc-guard.test.ts',
        'a call that comes with %s left is DEADLINE_EXCEEDED and has no effect',
      ],
      ['wire/grpc-guard.test.ts', 'a call whose deadline passes while it %s has no effect'],
    ],
  },
  {
    input: 'a batch of 100 faulty ids',
    tests: [
      ['wire/grpc-sizes.test.ts', '%s: at most 8,192 bytes of them'],
      [
        'wire/grpc-sizes.test.ts',
        'of many violations the first are told, and how many more there are',
      ],
    ],
  },
  {
    input: 'a page of payments with 60 KB of metadata each',
    tests: [
      [
        'wire/grpc-sizes.test.ts',
        'a page of payments with all the metadata they can have ends early, with a token',
      ],
      [
        'wire/grpc-sizes.test.ts',
        'a batch that would not fit is refused with the number that does',
      ],
      ['core/answer-size.test.ts', 'and each payment is listed once'],
    ],
  },
  {
    input: 'one idempotency key in quotes and bare',
    tests: [
      [
        'wire/grpc-limits.test.ts',
        'an idempotency key in quotes and the same one bare are one key',
      ],
    ],
  },
  {
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
  {
    input: 'malformed calls and bad credentials, again and again',
    tests: [
      ['wire/grpc-limits.test.ts', 'are told in initial metadata, on answers and on failures'],
      ['wire/grpc-limits.test.ts', '%s takes tokens of its key'],
      ['wire/grpc-limits.test.ts', '%s takes a token of its address'],
    ],
  },
  {
    input: 'a page token of events that was made up',
    tests: [
      [
        'wire/grpc-contract.test.ts',
        'are opaque and bound to merchant and types, and no sequence takes their place',
      ],
    ],
  },
  {
    input: 'a batch of refunds of a payment that has 25',
    tests: [
      [
        'wire/grpc-contract.test.ts',
        'the refunds of a payment in a batch are a page, whose token goes on in ListRefunds',
      ],
    ],
  },
  {
    input: 'a refused call whose client never ends its side',
    tests: [
      [
        'wire/grpc-guard.test.ts',
        'a refused call leaves no stream open, though its client never ends its side',
      ],
    ],
  },
  {
    input: 'values that an enum or an order does not have',
    tests: [
      [
        'wire/grpc-contract.test.ts',
        'scopes and states in messages and in ErrorInfo have the names of their enums',
      ],
      ['wire/grpc-contract.test.ts', "an order in core's spelling"],
    ],
  },
  {
    input: 'Compressed-Flags that cannot be',
    tests: [
      ['wire/grpc-guard.test.ts', '%s is INTERNAL and carries nothing out'],
      [
        'wire/grpc-guard.test.ts',
        'a message in an encoding that is not read is UNIMPLEMENTED, with those that are',
      ],
    ],
  },
  {
    input: 'a call by GET, or of a content type that only begins like gRPC',
    tests: [
      ['wire/grpc-guard.test.ts', 'HTTP %s is 405 and carries nothing out'],
      ['wire/grpc-guard.test.ts', 'the content type %s is 415'],
    ],
  },
  {
    input: 'a grpc-timeout of 1.5S',
    tests: [['wire/grpc-guard.test.ts', 'the grpc-timeout %j is refused by name']],
  },
  {
    input: 'reflection on __proto__',
    tests: [
      ['wire/grpc-reflection.test.ts', 'reflection knows no %j'],
      ['wire/grpc-reflection.test.ts', 'reflection lists every service of the port, itself too'],
    ],
  },
  {
    input: 'a message cut inside of its frame',
    tests: [
      ['wire/grpc-guard.test.ts', '%s is INTERNAL and carries nothing out'],
      [
        'wire/grpc-guard.test.ts',
        'an unknown method is UNIMPLEMENTED, with its name percent-encoded',
      ],
    ],
  },
  {
    input: 'a call under way at shutdown',
    tests: [
      ['wire/grpc-deadline.test.ts', 'closing gives the calls under way 10 s, and then ends them'],
    ],
  },
  {
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
  {
    input: 'methods of the contract that do not exist yet',
    tests: [
      ['gaps.test.ts', 'a feature that is declared as not built is in no room and has its reason'],
    ],
  },
];
