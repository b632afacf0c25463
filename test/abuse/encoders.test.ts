import { type IncomingMessage, validateHeaderValue } from 'node:http';
import { Metadata } from '@grpc/grpc-js';
import { getRequestListener } from '@hono/node-server';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../bench/statistics/random.ts';
import { invalid, notFound, PaymentsError } from '../../services/core/errors.ts';
import { refusalHeaders, refusalOf, toFailure } from '../../services/graphql/errors.ts';
import { encodeError } from '../../services/grpc/errors.ts';
import { answerProblem } from '../../services/rest/errors.ts';
import { errorMessage } from '../../services/sse/errors.ts';
import { errorFrame } from '../../services/websocket/errors.ts';
import { createAddressOf } from '../../services/wire/address.ts';
import { bearerToken } from '../../services/wire/bearer.ts';
import { closeReason } from '../../services/wire/close-codes.ts';
import { parseMediaTypes, weightOf } from '../../services/wire/http/media-type.ts';
import { createAllowsOrigin } from '../../services/wire/http/origin.ts';
import { problemResponse } from '../../services/wire/http/problem-response.ts';
import { parseIdempotencyKey } from '../../services/wire/idempotency-key.ts';
import { requestIdOf } from '../../services/wire/request-id.ts';
import { parseTime } from '../../services/wire/time.ts';

/** Encoders of errors take any text, as the name of a field, its value, a path or a header. */

const count = 100_000;
const timeout = 240_000;

const marked = ['%', '%zz', '%00', '#', '/', '~', '~2', '\\', '"', "'", ',', ';', '=', '[', ']'];
const words = [
  '__proto__',
  'constructor',
  'amount',
  'für',
  '支払い',
  '👩‍👩‍👧',
  'a'.repeat(300),
  '',
];

/** Text with unpaired surrogates, NUL, other controls and characters that some wire interprets. */
function* texts(seed: number): Generator<string> {
  const next = createRandom(seed);
  const random = (below: number) => Math.floor(next() * below);
  const pieces: readonly (() => string)[] = [
    () => String.fromCharCode(0xd800 + random(0x800)),
    () => String.fromCharCode(random(0x20)),
    () => String.fromCharCode(0x7f + random(0x22)),
    () => String.fromCharCode(random(0x1_0000)),
    () => String.fromCodePoint(0x1_0000 + random(0x10_0000)),
    () => marked[random(marked.length)] ?? '',
    () => words[random(words.length)] ?? '',
    () => String.fromCharCode(0x20 + random(0x5f)),
  ];
  for (let made = 0; made < count; made += 1) {
    let text = '';
    for (let left = random(8); left >= 0; left -= 1) text += pieces[random(pieces.length)]?.();
    yield text;
  }
}

/** The text as a name, as a value and as an id. */
function errorWith(text: string, at: number): PaymentsError {
  if (at % 3 === 0) return notFound('payment', text);
  if (at % 3 === 1) {
    return new PaymentsError('permission_denied', `Expected more, got ${text}.`, {
      metadata: { id: text },
    });
  }
  const violation = { code: 'unknown_field', message: `unknown field, got ${text}` };
  return invalid(
    { ...violation, path: [text, 0, text] },
    { ...violation, path: ['metadata', text] },
  );
}

/** Calls `encode` with an error of each text; it must return text that UTF-8 can carry. */
function encodesAll(seed: number, encode: (error: PaymentsError, text: string) => string): void {
  let at = 0;
  const wrong: string[] = [];
  for (const text of texts(seed)) {
    at += 1;
    const shown = () => JSON.stringify(text);
    try {
      const encoded = encode(errorWith(text, at), text);
      if (!encoded.isWellFormed()) wrong.push(shown());
      // A violation repeats its text in name, pointer and message.
      if (encoded.length > 4000 + 80 * text.length) wrong.push(`${shown()}: ${encoded.length}`);
    } catch (error) {
      wrong.push(`${shown()}: ${error}`);
    }
    if (wrong.length > 5) break;
  }
  expect(wrong).toEqual([]);
  expect(at).toBe(count);
}

const requestId = 'req_1';

describe('100,000 texts in the error messages', () => {
  test(
    'of plain HTTP are encoded',
    () => {
      encodesAll(1, (error, text) => {
        const response = problemResponse(error, { requestId, instance: text });
        for (const value of Object.values(response.headers)) validateHeaderValue('x', value);
        return response.body;
      });
    },
    timeout,
  );

  test(
    'of REST are encoded',
    async () => {
      // Puts the adapter's own Response in place, which the room has.
      getRequestListener(() => new Response());
      const caller = { requestId, receipt: {} };
      const bodies: Promise<string>[] = [];
      encodesAll(2, (error, text) => {
        const response = answerProblem(error, caller, text);
        if (bodies.length < 100) bodies.push(response.text());
        return '';
      });
      for (const body of await Promise.all(bodies)) {
        expect(JSON.parse(body)).toMatchObject({ request_id: requestId });
      }
    },
    timeout,
  );

  test(
    'of SSE are encoded',
    () => {
      encodesAll(3, (error, text) => {
        // All that is read of the request.
        const request = { url: text, headers: {} } as IncomingMessage;
        const refused = { request, caller: { requestId } } as Parameters<typeof errorMessage>[1];
        const message = errorMessage(error, refused);
        // A line break in the data would begin another field.
        if (!/^event: error\ndata: [^\n\r]*\n\n$/.test(message)) throw new Error(message);
        return message;
      });
    },
    timeout,
  );

  test(
    'of WebSocket are encoded',
    () => {
      encodesAll(4, (error, text) => {
        const reason = closeReason(error.message);
        if (Buffer.byteLength(reason) > 123) throw new Error('a reason that fits no frame');
        return errorFrame(text, error, { requestId }) + reason;
      });
    },
    timeout,
  );

  test(
    'of GraphQL are encoded',
    () => {
      encodesAll(5, (error) => {
        const refusal = refusalOf(error, requestId);
        for (const value of Object.values(refusalHeaders(refusal))) validateHeaderValue('x', value);
        const member = error.code === 'permission_denied' ? {} : toFailure(error);
        return JSON.stringify(refusal.errors) + JSON.stringify(member);
      });
    },
    timeout,
  );

  test(
    'of gRPC are encoded',
    () => {
      encodesAll(6, (error) => {
        const { details, metadata } = encodeError(error, new Metadata());
        const [bytes] = metadata?.get('grpc-status-details-bin') ?? [];
        // Clients take 8 KiB of header fields by default, and this one is sent in base64.
        if (!Buffer.isBuffer(bytes) || bytes.length > 6000) throw new Error('no details that fit');
        return typeof details === 'string' ? details : '';
      });
    },
    timeout,
  );
});

test(
  '100,000 texts as headers are read or refused with an error of the contract',
  () => {
    const addressOf = createAddressOf(3);
    const allowsOrigin = createAllowsOrigin(['https://shop.example']);
    const readers: readonly ((text: string) => unknown)[] = [
      bearerToken,
      parseIdempotencyKey,
      parseTime,
      (text) => parseMediaTypes(text).map(weightOf),
      (text) => {
        const id = requestIdOf(text);
        validateHeaderValue('x-request-id', id);
      },
      (text) => {
        const headers = { forwarded: `for=${text}`, 'x-forwarded-for': text };
        const address = addressOf({ socket: { remoteAddress: '192.0.2.1' }, headers });
        expect(address).toBe('192.0.2.1');
      },
      (text) => expect(allowsOrigin({ origin: text, host: 'a' })).toBe(false),
    ];
    const wrong: string[] = [];
    for (const text of texts(7)) {
      for (const read of readers) {
        try {
          read(text);
        } catch (error) {
          if (!(error instanceof PaymentsError)) wrong.push(`${JSON.stringify(text)}: ${error}`);
        }
      }
      if (wrong.length > 5) break;
    }
    expect(wrong).toEqual([]);
  },
  timeout,
);
