import { Metadata } from '@grpc/grpc-js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { notFound, PaymentsError, toPaymentsError } from '../../services/core/errors.ts';
import { toFailure, toWireError } from '../../services/graphql/errors.ts';
import { encodeError } from '../../services/grpc/errors.ts';
import { answerProblem } from '../../services/rest/errors.ts';
import { errorFrame } from '../../services/websocket/errors.ts';
import { bearerToken } from '../../services/wire/bearer.ts';
import { closeReason } from '../../services/wire/close-codes.ts';
import { encodeMessage } from '../../services/wire/event-stream.ts';
import { parseIdempotencyKey } from '../../services/wire/idempotency-key.ts';
import { parseMediaTypes, weightOf } from '../../services/wire/media-type.ts';
import { decodeProblem } from '../../services/wire/problem.ts';
import { problemResponse } from '../../services/wire/problem-response.ts';
import { hostileText } from './hostile-text.ts';

/** What every wire says of a text that nobody expects, wherever it stood. */

const countEach = 25_000;
/** A quarter of a minute on an idle machine, in all. */
const timeout = 120_000;
const seed = 1;
/** PROTOCOL-HTTP2.md: what a gRPC client takes of header fields. */
const maxHeaderBytes = 8192;

/** Errors with the text as the name of a field, as a value, as an id in a path, as a header. */
const errorsWith: Readonly<Record<string, (text: string) => PaymentsError>> = {
  name: (name) =>
    new PaymentsError('validation_failed', name, {
      violations: [
        { path: [name], code: 'unrecognized_keys', message: 'expected no such field' },
        { path: ['metadata', name], code: 'invalid_type', message: `expected text, got ${name}` },
      ],
    }),
  value: (value) =>
    new PaymentsError('validation_failed', `got ${value}`, {
      violations: [
        {
          path: ['status'],
          code: 'invalid_value',
          message: `expected one of a, got ${value}`,
          options: ['a', value],
          got: value,
        },
      ],
    }),
  path: (id) => notFound('payment', id),
  header: (header) =>
    new PaymentsError('idempotency_key_reused', `The key '${header}' was used.`, {
      metadata: { idempotencyKey: header },
    }),
};

function expectJson(text: string): unknown {
  if (!text.isWellFormed()) throw new Error(`Expected Unicode, got ${JSON.stringify(text)}.`);
  return JSON.parse(text);
}

/** Every encoder of every wire; what does not throw here cannot end a process. */
function encodeEverywhere(error: PaymentsError, text: string): void {
  const requestId = 'req_1';
  const frame = expectJson(errorFrame('1', error, { requestId })) as { readonly error: object };
  decodeProblem(frame.error);
  const { headers } = answerProblem(error, { requestId, receipt: {} }, text);
  if (headers.get('content-type') !== 'application/problem+json') throw new Error('no problem');
  const { body } = problemResponse(error, { requestId, instance: text });
  expectJson(body);
  const event = encodeMessage({ event: 'error', data: body });
  if (event.split('\n').length !== 4) throw new Error(`Expected one message, got ${event}`);
  const status = encodeError(error, new Metadata());
  let bytes = encodeURI(String(status.details)).length;
  for (const [name, values] of Object.entries(status.metadata?.toHttp2Headers() ?? {})) {
    bytes += name.length + String(values).length + 32;
  }
  if (bytes > maxHeaderBytes) throw new Error(`Expected ${maxHeaderBytes} bytes, got ${bytes}.`);
  expectJson(JSON.stringify(toWireError(error, requestId)));
  expectJson(JSON.stringify(toFailure(error)));
  if (Buffer.byteLength(closeReason(error.message)) > 123) throw new Error('too long a reason');
}

/** The readers of headers: they take any text, or refuse it as the contract says. */
function readAsHeader(text: string): void {
  bearerToken(`Bearer ${text}`);
  for (const type of parseMediaTypes(text)) weightOf(type);
  try {
    parseIdempotencyKey(text);
  } catch (thrown) {
    encodeEverywhere(toPaymentsError(thrown), text);
  }
}

test.each(Object.entries(errorsWith))(
  'a hostile text as a %s makes no encoder fail, 25,000 times',
  { timeout },
  (_role, errorWith) => {
    const texts = fc.sample(hostileText, { numRuns: countEach, seed });
    for (const text of texts) {
      encodeEverywhere(errorWith(text), text);
      readAsHeader(text);
    }
    expect(texts).toHaveLength(countEach);
  },
);

test.each(['\ud800', '\0', '€', '"', '\\', '%', '#', '\n', '😀', '__proto__'])(
  'neither does %j when it is long, or as many names as may be',
  (unit) => {
    const text = unit.repeat(20_000);
    for (const errorWith of Object.values(errorsWith)) encodeEverywhere(errorWith(text), text);
    const violations = Array.from({ length: 100 }, (_, at) => ({
      path: ['metadata', `${at}${text}`],
      code: 'too_big',
      message: text,
    }));
    encodeEverywhere(new PaymentsError('validation_failed', text, { violations }), text);
  },
);
