import type { Regression } from './regression.ts';

export const rest: readonly Regression[] = [
  {
    input: 'an unpaired surrogate as a name, in one WebSocket frame',
    tests: [
      [
        'wire/websocket-hostile.test.ts',
        'an unpaired surrogate in a name or a value is an error of its frame',
      ],
      [
        'wire/websocket-hostile.test.ts',
        'a failure to send an error closes only that connection with 1011',
      ],
      [
        'abuse/last-net.test.ts',
        '%s is logged without secrets and counted, and the server goes on',
      ],
    ],
  },
  {
    input: 'a key that creates a more powerful one',
    tests: [
      [
        'contract/powers.test.ts',
        'a key grants no scope that it lacks, and no higher rate or burst than its own',
      ],
      ['contract/powers.test.ts', 'a key cannot revoke a key that has more rights'],
    ],
  },
  {
    input: 'If-Match with an outdated version, on a capture',
    tests: [
      ['wire/rest-preconditions.test.ts', 'a write whose If-Match is false changes nothing,'],
      ['wire/rest-preconditions.test.ts', 'If-None-Match is a condition of a write: %s'],
    ],
  },
  {
    input: 'an unpaired surrogate as a name, in a body',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'an unpaired surrogate in a field name is reported like any other name on every write',
      ],
      ['wire/rest-fuzz.test.ts', 'a random body never causes an internal error'],
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
      ['wire/rest-problems.test.ts', 'repeat the input as it was sent'],
      ['wire/time.test.ts', 'a time that no calendar or clock has is refused'],
    ],
  },
  {
    input: 'a response with fields, against the OpenAPI document',
    tests: [
      [
        'wire/rest-answers.test.ts',
        'the OpenAPI document describes responses with and without fields and expansions',
      ],
    ],
  },
  {
    input: '25 refunds in a payment',
    tests: [
      [
        'wire/rest-expansions.test.ts',
        'refunds expanded in a payment are a page whose next link continues where it ends',
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
        'a request with expansions is admitted once, so that it passes even with the smallest bucket',
      ],
    ],
  },
  {
    input: 'protobuf text that is not UTF-8, and fields that are not known',
    tests: [
      ['wire/protobuf-strict.test.ts', '%s is refused in every string of a request, by its name'],
      ['wire/protobuf-strict.test.ts', 'are refused by their numbers in an HTTP body, 32 at most'],
    ],
  },
  {
    input: 'an unsupported method of a path',
    tests: [
      ['wire/rest-problems.test.ts', 'an unsupported method has its own error code and page'],
    ],
  },
  {
    input: 'a field in camelCase',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'use the names of the caller: snake_case for fields and header names for headers',
      ],
    ],
  },
  {
    input: 'two Host lines',
    tests: [['abuse/http-front.test.ts', 'is refused on every path, for %s: %s and %s']],
  },
  {
    input: '99999999999.0000001 as an amount, and a name twice',
    tests: [['wire/rest-problems.test.ts', 'name the position of input that parsing would change']],
  },
  {
    input: '1e400, and a time before 1970',
    tests: [['wire/rest-problems.test.ts', 'repeat the input as it was sent']],
  },
  {
    input: 'a field named x#y',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'a pointer escapes special characters of a name by RFC 6901 in a URI fragment',
      ],
    ],
  },
  {
    input: 'a path with %20 and %00',
    tests: [
      ['wire/rest-problems.test.ts', '`instance` is the path as it was sent, as a URI reference'],
    ],
  },
  {
    input: 'NUL in metadata',
    tests: [['wire/rest-problems.test.ts', 'report NUL in every free text']],
  },
  {
    input: 'Content-Type with an empty parameter',
    tests: [['wire/rest-problems.test.ts', 'describe a body in any spelling that RFC 9110 allows']],
  },
  {
    input: 'Accept with a quoted parameter',
    tests: [
      [
        'wire/rest-problems.test.ts',
        'request a representation by quoted strings and by parameters that restrict it',
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
    input: 'malformed bytes instead of a request',
    tests: [['abuse/http-front.test.ts', 'get a problem with a request id and are counted: %s']],
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
    tests: [['wire/rest-problems.test.ts', 'name the scope that a key does not have']],
  },
  {
    input: 'headers that are missing in the OpenAPI document',
    tests: [
      ['wire/rest-answers.test.ts', 'the OpenAPI document has every response header'],
      ['wire/rest-answers.test.ts', 'the OpenAPI document has all limits of the input'],
    ],
  },
  {
    input: '7,000 malformed bodies',
    tests: [
      ['wire/rest-refusals.test.ts', 'is counted once, with the id of the request'],
      [
        'wire/rest-refusals.test.ts',
        'takes tokens, reports the remaining ones, and is refused if none is left',
      ],
    ],
  },
  {
    input: 'an expansion without its scope, of payments without customers',
    tests: [
      [
        'wire/rest-expansions.test.ts',
        'the scope of an expansion is checked before anything is read',
      ],
    ],
  },
  {
    input: 'an empty list in a URL',
    tests: [
      ['wire/rest-expansions.test.ts', "an empty list in a URL is refused by its parameter's name"],
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
        'have one idempotency key, bare or as a string with parameters',
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
        'a replay has neither the entity tag nor the URL of an outdated state',
      ],
    ],
  },
  {
    input: 'HEAD of the stream',
    tests: [
      [
        'wire/sse.test.ts',
        'HEAD gets the response of GET without a body, and OPTIONS gets the methods',
      ],
    ],
  },
];
