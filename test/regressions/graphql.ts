import type { Regression } from './regression.ts';

export const graphql: readonly Regression[] = [
  {
    input: 'a document of 170 operations that share one large fragment',
    tests: [
      ['wire/graphql-limits.test.ts', 'is made for the operation that runs, and for no other'],
      ['wire/graphql-limits.test.ts', 'stops at a number of selections, written once or unfolded'],
      ['wire/graphql-limits.test.ts', 'keeps no document that was refused'],
    ],
  },
  {
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
  {
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
  {
    input: 'several mutations of one payment in one document',
    tests: [
      ['wire/graphql-answers.test.ts', 'what it changed is read anew by those that follow'],
      ['wire/graphql-answers.test.ts', 'an answer does not contradict itself'],
    ],
  },
  {
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
  {
    input: '21,000 comments in one document',
    tests: [['wire/graphql-limits.test.ts', 'takes what it says that it takes: %s']],
  },
  {
    input: 'cursors of 100 payments under 29 names',
    tests: [
      ['wire/graphql-limits.test.ts', 'edges bear a weight, whatever is asked of them'],
      ['wire/graphql-limits.test.ts', 'rows that are read count in the cost, selected or not: %s'],
      ['wire/graphql-answers.test.ts', 'a cursor is sealed once, and only where it is asked for'],
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
    tests: [
      ['storage/payment-list.test.ts', 'by %s steps over 2,000 rows at most, whatever is filtered'],
    ],
  },
  {
    input: 'the hash of a document that the server does not know, as Apollo Client sends it',
    tests: [
      [
        'wire/graphql-requests.test.ts',
        'by a hash that is not known is asked for in the words of Apollo, and then known',
      ],
      ['wire/graphql-requests.test.ts', 'and sent under a name that is not its own is refused'],
    ],
  },
  {
    input: 'two subscriptions with one id of 150 characters',
    tests: [
      ['wire/graphql-sockets.test.ts', 'an id of any length that is taken closes with 4409'],
      [
        'wire/close-codes.test.ts',
        'a close reason fits into its frame, and no character of it is cut in two',
      ],
    ],
  },
  {
    input: 'a document by its text and under a name, in one URL',
    tests: [['wire/graphql-requests.test.ts', 'and sent is answered as a text: no cache keeps it']],
  },
  {
    input: 'one field named 1,000 times',
    tests: [
      ['wire/graphql-limits.test.ts', 'whose fields are too many to be compared with each other'],
    ],
  },
  {
    input: 'a known document that is refused, 300 times',
    tests: [
      ['wire/graphql-limits.test.ts', 'a known document that is refused takes a token each time'],
    ],
  },
  {
    input: 'a number as the value of an enum',
    tests: [['wire/graphql-limits.test.ts', 'an enum that is %j is a violation with its path']],
  },
  {
    input: 'weights that add up to half a point',
    tests: [
      [
        'wire/graphql-limits.test.ts',
        'what a document cost is never more than what was asked for it (%i customers)',
      ],
    ],
  },
  {
    input: '30 February',
    tests: [['wire/graphql-requests.test.ts', '%s, which does not exist, is refused by name']],
  },
  {
    input: 'a replay of the whole history for one token',
    tests: [
      [
        'wire/sse-resume.test.ts',
        'a replay takes a token for each 20 events, and waits where the bucket is empty',
      ],
    ],
  },
];
