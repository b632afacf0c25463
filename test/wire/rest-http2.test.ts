import { connect as connectHttp2 } from 'node:http2';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { adminKey } from '../house.ts';
import { ask, freshKey, openRestServer, type RestServer } from './rest-server.ts';

let server: RestServer;
let url: string;

beforeAll(async () => {
  server = await openRestServer();
  url = `${server.http1}/v1/payments`;
});
afterAll(() => server.close());
afterEach(async () => {
  expect((await ask(url)).status, 'the server still answers').toBe(200);
});

const card = { amount: 1000, currency: 'GBP', payment_method: 'pm_card_ok' };
const asJson = { 'content-type': 'application/json' };

describe('HTTP/2', () => {
  interface Http2Answer {
    readonly headers: Record<string, unknown>;
    readonly body: string;
  }

  /** Headers of the connection, of the moment, or of how the body is framed. */
  const ofTransport = new Set(
    ':status date connection keep-alive ratelimit transfer-encoding content-length'.split(' '),
  );

  const over2 = (
    headers: Readonly<Record<string, string>>,
    body?: string | Buffer,
  ): Promise<Http2Answer> => {
    const session = connectHttp2(server.http2);
    return new Promise<Http2Answer>((resolve, reject) => {
      const stream = session.request(headers, { endStream: body === undefined });
      let got: Record<string, unknown> = {};
      let text = '';
      stream.setEncoding('utf8');
      stream.on('response', (answered) => {
        got = answered;
      });
      stream.on('data', (chunk: string) => {
        text += chunk;
      });
      stream.on('end', () => resolve({ headers: got, body: text }));
      stream.on('error', reject);
      if (body !== undefined) stream.end(body);
    }).finally(() => session.destroy());
  };

  test('gives the same response as HTTP/1.1 to the same request', async () => {
    const { json: payment } = await ask(url, { json: { ...card, confirm: true } });
    const key = { authorization: `Bearer ${adminKey}`, 'x-request-id': 'same' };
    const post = { ...key, ...asJson };
    const requests: readonly [string, string, Record<string, string>, string?][] = [
      ['GET', `/v1/payments/${payment.id}`, key],
      ['GET', '/v1/payments?limit=2&expand=customer', key],
      ['GET', '/v1/payments?limit=0&nonsense=1', key],
      ['GET', '/v1/payments/nope', key],
      ['GET', '/v1/payments', { 'x-request-id': 'same' }],
      ['GET', '/v1/payments', { ...key, accept: 'text/html' }],
      ['GET', '/nowhere', key],
      ['DELETE', '/v1/payments', key],
      ['HEAD', `/v1/payments/${payment.id}`, key],
      ['POST', '/v1/payments', post, JSON.stringify(card)],
      ['POST', '/v1/payments', { ...post, 'idempotency-key': 'k' }, '{"amount":'],
      ['POST', '/v1/payments', { ...key, 'content-type': 'text/plain' }, 'x'],
      ['POST', '/v1/payments', { ...post, 'idempotency-key': 'k' }, ' '.repeat(70_000)],
      [
        'POST',
        `/v1/payments/${payment.id}/refunds`,
        { ...post, 'idempotency-key': 'k' },
        '{"amount":9999}',
      ],
      ['GET', '/openapi.json', { 'x-request-id': 'same' }],
    ];
    for (const [method, path, headers, body] of requests) {
      const first = await fetch(server.http1 + path, {
        method,
        headers: { accept: '*/*', ...headers },
        ...(body !== undefined && { body }),
      });
      const text = await first.text();
      const second = await over2(
        { ':method': method, ':path': path, accept: '*/*', ...headers },
        body,
      );
      const comparable = (all: Iterable<[string, unknown]>) =>
        Object.fromEntries([...all].filter(([name]) => !ofTransport.has(name)));
      expect([path, second.headers[':status'], second.body]).toEqual([path, first.status, text]);
      expect(comparable(Object.entries(second.headers))).toEqual(comparable(first.headers));
    }
  });

  test('refuses an oversized body while it arrives', async () => {
    const headers = {
      ':method': 'POST',
      ':path': '/v1/payments',
      authorization: `Bearer ${adminKey}`,
      'idempotency-key': freshKey(),
      ...asJson,
    };
    const answer = await over2(headers, Buffer.alloc(1_000_000, 0x20));
    expect([answer.headers[':status'], JSON.parse(answer.body).code]).toEqual([
      413,
      'payload_too_large',
    ]);
  });
});
