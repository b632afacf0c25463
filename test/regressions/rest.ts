import type { Regression } from './regression.ts';

export const rest: readonly Regression[] = [
  {
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
  {
    input: 'a key that makes itself a more powerful one',
    tests: [
      [
        'contract/powers.test.ts',
        'a key grants no scope that it lacks, and no higher rate or burst than its own',
      ],
      ['contract/powers.test.ts', 'a key cannot revoke a key that has more rights'],
    ],
  },
  {
    input: 'If-Match with a version that is gone, on a capture',
    tests: [
      [
        'wire/rest-preconditions.test.ts',
        'a write whose If-Match is false changes nothing, whatever it would have done',
      ],
      ['wire/rest-preconditions.test.ts', 'If-None-Match is a condition of a write: %s'],
    ],
  },
  {
    input: 'half of a character as a name, in a body',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'half of a character as a name is told like any other name, on every write',
      ],
      ['wire/rest-fuzz.test.ts', 'no body makes the server fail'],
    ],
  },
  {
    input: 'a filter and an order that no index covers, 150 times',
    tests: [
      ['storage/payment-list.test.ts', 'by %s reads at most 2,000 rows with any filter'],
      [
        'storage/payment-list.test.ts',
        'by %s lists each payment once and in order with any filter',
      ],
    ],
  },
  {
    input: '30 February as a filter',
    tests: [
      ['wire/rest-problems.test.ts', 'say what was got, as it was sent'],
      ['wire/time.test.ts', 'a time that no calendar or clock has is none'],
    ],
  },
  {
    input: 'an answer with fields, against the OpenAPI document',
    tests: [
      [
        'wire/rest-answers.test.ts',
        'what the document says of answers is true with fields, with expansions and without',
      ],
    ],
  },
  {
    input: '25 refunds inside of a payment',
    tests: [
      [
        'wire/rest-expansions.test.ts',
        'refunds inside of a payment are a page, and its next one goes on where it ends',
      ],
      [
        'contract/payments.test.ts',
        'the refunds of a payment in a batch are a page that the list of refunds continues',
      ],
    ],
  },
  {
    input: 'an expansion, by a key whose bucket holds one token',
    tests: [
      [
        'wire/rest-expansions.test.ts',
        'a request with expansions is admitted once, so that the smallest bucket lets it through',
      ],
    ],
  },
  {
    input: 'protobuf text that is not UTF-8, and fields that are not known',
    tests: [
      ['wire/protobuf-strict.test.ts', '%s is refused in every string of a request, by its name'],
      ['wire/protobuf-strict.test.ts', 'are refused by their numbers in a body, 32 at the most'],
    ],
  },
  {
    input: 'a method that a path does not have',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'a method that a path does not have is a code of its own, with its page',
      ],
    ],
  },
  {
    input: 'a field in camelCase',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'use the names that the caller uses: snake_case, and headers as headers',
      ],
    ],
  },
  {
    input: 'two Host lines',
    tests: [['abuse/http-front.test.ts', 'is refused on every path, for %s: %s and %s']],
  },
  {
    input: '99999999999.0000001 as an amount, and a name twice',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'about input that would be changed by reading it name the place',
      ],
    ],
  },
  {
    input: '1e400, and a time before 1970',
    tests: [['wire/rest-problems.test.ts', 'say what was got, as it was sent']],
  },
  {
    input: 'a field named x#y',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'a pointer is the one of RFC 6901 in a fragment, where a name has signs of its own',
      ],
    ],
  },
  {
    input: 'a path with %20 and %00',
    tests: [
      ['wire/rest-problems.test.ts', 'instance is the path as it was sent, and a URI reference'],
    ],
  },
  {
    input: 'NUL in metadata',
    tests: [['wire/rest-problems.test.ts', 'refuse NUL wherever text is free']],
  },
  {
    input: 'Content-Type with an empty parameter',
    tests: [
      ['wire/rest-problems.test.ts', 'say of a body what they may in any spelling of RFC 9110'],
    ],
  },
  {
    input: 'Accept with a quoted parameter',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'ask for a representation by quoted strings and by parameters that restrict it',
      ],
    ],
  },
  {
    input: 'OPTIONS *',
    tests: [
      ['abuse/http-front.test.ts', 'gets a response for the whole server if it is OPTIONS *'],
    ],
  },
  {
    input: 'HTTP/1.0 without a Host',
    tests: [['abuse/http-front.test.ts', 'needs no Host in HTTP/1.0']],
  },
  {
    input: 'bytes that are no request',
    tests: [
      ['abuse/http-front.test.ts', '%s is answered as a problem with a request id, and counted'],
    ],
  },
  {
    input: 'a transfer coding of gzip',
    tests: [['abuse/http-front.test.ts', 'gets 501 if its transfer coding is unknown']],
  },
  {
    input: 'two Authorization lines',
    tests: [['abuse/http-front.test.ts', 'is refused on every path, for %s: %s and %s']],
  },
  {
    input: 'DELETE of /healthz',
    tests: [
      ['abuse/http-front.test.ts', 'may only be GET or HEAD on the pages of the server itself'],
    ],
  },
  {
    input: 'a key without the scope',
    tests: [['wire/rest-problems.test.ts', 'name the scope that a key lacks']],
  },
  {
    input: 'headers that the OpenAPI document lacks',
    tests: [
      ['wire/rest-answers.test.ts', 'every header that an answer has is in the document'],
      [
        'wire/rest-answers.test.ts',
        'what an input may not be is in the document, with all of its limits',
      ],
    ],
  },
  {
    input: '7,000 malformed bodies',
    tests: [
      ['wire/rest-refusals.test.ts', 'is counted once, with the id of the request'],
      [
        'wire/rest-refusals.test.ts',
        'takes tokens, tells what is left, and is refused when none is',
      ],
    ],
  },
  {
    input: 'an expansion without its scope, of payments without customers',
    tests: [
      [
        'wire/rest-expansions.test.ts',
        'the scope of an expansion is asked for before anything is read',
      ],
    ],
  },
  {
    input: 'an empty list in a URL',
    tests: [
      [
        'wire/rest-expansions.test.ts',
        'an empty list in a URL is refused by its name, wherever one is taken',
      ],
    ],
  },
  {
    input: '32 keep-alive writers at SIGTERM',
    tests: [
      [
        'abuse/shutdown.test.ts',
        '32 writers on persistent connections each learn which response is the last',
      ],
    ],
  },
  {
    input: 'a name of 60 KB',
    tests: [['wire/rest-problems.test.ts', 'are not much larger than the request']],
  },
  {
    input: 'an idempotency key with parameters',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'carry one idempotency key, bare or as a string with parameters',
      ],
    ],
  },
  {
    input: 'Expect: 100-continue with a body that is too large',
    tests: [
      ['abuse/http-front.test.ts', 'gets an immediate response if its body is too large'],
      ['abuse/http-front.test.ts', 'gets an immediate response if its key is missing or unknown'],
    ],
  },
  {
    input: 'the replay of a capture after a refund',
    tests: [
      [
        'wire/rest-preconditions.test.ts',
        'a replay names neither the tag nor the URL of a state that is gone',
      ],
    ],
  },
  {
    input: 'HEAD of the stream',
    tests: [
      [
        'wire/sse.test.ts',
        'HEAD is answered as GET is, without a body, and OPTIONS with the methods',
      ],
    ],
  },
];
