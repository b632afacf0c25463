import type { Regression } from './regression.ts';

export const graphql: readonly Regression[] = [
  {
    input: 'a document of 170 operations that share one large fragment',
    tests: [
      ['wire/graphql-limits.test.ts', 'is made only for the operation that runs'],
      [
        'wire/graphql-limits.test.ts',
        'stops at the maximum number of selections, before and after fragments expand',
      ],
      ['wire/graphql-limits.test.ts', 'does not keep a refused document'],
    ],
  },
  {
    input: 'subscribe, complete and subscribe again with one id, on one WebSocket',
    tests: [
      [
        'wire/graphql-sockets.test.ts',
        'if the id of a completed operation is reused, it names only the second operation',
      ],
      [
        'wire/graphql-sockets.test.ts',
        'even if ids were reused, nothing runs after the connection has closed',
      ],
      ['wire/graphql-sockets.test.ts', 'but counts toward the limit until it has stopped running'],
    ],
  },
  {
    input: '32,000 lines before a selection that fails 1,410 times',
    tests: [
      [
        'wire/graphql-limits.test.ts',
        'reports up to the maximum number of execution errors and counts the rest',
      ],
      [
        'wire/graphql-limits.test.ts',
        'the location of a node is correct for every kind of line break',
      ],
    ],
  },
  {
    input: 'several mutations of one payment in one document',
    tests: [
      ['wire/graphql-answers.test.ts', 'the following fields read the changed resource again'],
      ['wire/graphql-answers.test.ts', 'a response does not contradict itself'],
    ],
  },
  {
    input: 'metadata of 100 payments under 29 names, and clients that do not read',
    tests: [
      [
        'wire/graphql-limits.test.ts',
        'counts a weight for each leaf, and a larger one for metadata',
      ],
      [
        'wire/graphql-answers.test.ts',
        'that is too large is replaced by an error with the limit, and the next request works',
      ],
      [
        'wire/graphql-answers.test.ts',
        'that the client does not read is held for a limited time until its connection is destroyed',
      ],
    ],
  },
  {
    input: '21,000 comments in one document',
    tests: [['wire/graphql-limits.test.ts', 'uses the memory that it reports: %s']],
  },
  {
    input: 'cursors of 100 payments under 29 names',
    tests: [
      ['wire/graphql-limits.test.ts', 'counts a weight for each edge, whatever its selections are'],
      ['wire/graphql-limits.test.ts', 'counts the rows that it reads, selected or not: %s'],
      [
        'wire/graphql-answers.test.ts',
        'a cursor is encoded once, and only if the document selects it',
      ],
    ],
  },
  {
    input: 'a body that is not UTF-8',
    tests: [
      ['wire/graphql-requests.test.ts', 'that is not UTF-8 is refused, and nothing is created'],
    ],
  },
  {
    input: 'a filter that matches little',
    tests: [['storage/payment-list.test.ts', 'by %s reads at most 2,000 rows with any filter']],
  },
  {
    input: 'the hash of a document that the server does not know, as Apollo Client sends it',
    tests: [
      [
        'wire/graphql-requests.test.ts',
        "with an unknown hash is requested with Apollo's error code and then known",
      ],
      ['wire/graphql-requests.test.ts', 'that is sent under the name of another is refused'],
    ],
  },
  {
    input: 'two subscriptions with one id of 150 characters',
    tests: [
      ['wire/graphql-sockets.test.ts', 'an id of any length that is in use closes with 4409'],
      [
        'wire/close-codes.test.ts',
        'a close reason is shortened to fit into its frame without splitting a character',
      ],
    ],
  },
  {
    input: 'a document with its text and a name, in one URL',
    tests: [['wire/graphql-requests.test.ts', 'that is sent with its text is not cached']],
  },
  {
    input: 'one field named 1,000 times',
    tests: [
      ['wire/graphql-limits.test.ts', 'with too many fields to compare with each other is refused'],
    ],
  },
  {
    input: 'a known document that is refused, 300 times',
    tests: [['wire/graphql-limits.test.ts', 'takes a token each time it refuses a known document']],
  },
  {
    input: 'a number as the value of an enum',
    tests: [['wire/graphql-limits.test.ts', 'reports a violation with its path if an enum is %j']],
  },
  {
    input: 'weights that add up to half a point',
    tests: [
      [
        'wire/graphql-limits.test.ts',
        'charges a document at least what it costs in the core (%i customers)',
      ],
    ],
  },
  {
    input: '30 February',
    tests: [['wire/graphql-requests.test.ts', 'that does not exist, %s, is refused by name']],
  },
  {
    input: 'a replay of the whole history for one token',
    tests: [
      [
        'wire/sse-resume.test.ts',
        'a replay takes a token per 20 events and waits while the bucket is empty',
      ],
    ],
  },
];
