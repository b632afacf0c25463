import { connect as connectHttp2 } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fivewire } from '../../services/main.ts';
import { openServer } from '../contract/subjects.ts';
import { adminKey } from '../house.ts';
import { exchange, type RawResponse, requestText, responseTo } from './raw-http.ts';

/** Responses that the server sends before any room sees a request. */

let server: Fivewire;
let port: number;
beforeAll(async () => {
  server = await openServer();
  port = server.ports.http;
});
afterAll(() => server.close());

const key = `Authorization: Bearer ${adminKey}`;
const handshake = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** The problem in a response, with the request id that the response itself has. */
function problemIn({ status, headers, body }: RawResponse) {
  expect(headers['content-type']).toBe('application/problem+json');
  const problem = JSON.parse(body);
  expect(problem).toMatchObject({ status, request_id: headers['x-request-id'] });
  expect(headers['x-request-id']).toMatch(/./);
  return problem;
}

const countOf = async (code: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const line = new RegExp(`^fivewire_calls_total\\{operation="none",code="${code}"\\} (\\d+)`, 'm');
  return Number(line.exec(text)?.[1] ?? 0);
};

test.each(['/v1/payments', '/graphql'])(
  'a body on %s whose chunks become malformed is refused once and counted once',
  async (path) => {
    const countAll = async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const counts = text.matchAll(/^fivewire_calls_total\{.*\} (\d+)$/gm);
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const before = await countAll();
    const head = requestText(
      `POST ${path} HTTP/1.1`,
      'Host: a',
      key,
      'Content-Type: application/json',
      'Idempotency-Key: broken',
      'X-Request-Id: mine',
      'Transfer-Encoding: chunked',
    );
    const text = `${head}zz\r\n`;
    const { status, headers } = await responseTo(port, text);
    expect([status, headers['x-request-id']]).toEqual([400, 'mine']);
    await expect.poll(countAll).toBe(before + 1);
    await sleep(100);
    expect(await countAll()).toBe(before + 1);
  },
);

describe('malformed bytes instead of a request', () => {
  test.each([
    ['no HTTP', 'HELLO\r\n\r\n', 400, 'validation_failed'],
    ['an unknown version', requestText('GET / HTTP/9.9', 'Host: a'), 400, 'validation_failed'],
    [
      'two lengths',
      requestText(
        'POST /v1/payments HTTP/1.1',
        'Host: a',
        'Content-Length: 1',
        'Content-Length: 2',
      ),
      400,
      'validation_failed',
    ],
    [
      'a length and chunks',
      requestText(
        'POST /v1/payments HTTP/1.1',
        'Host: a',
        'Content-Length: 1',
        'Transfer-Encoding: chunked',
      ),
      400,
      'validation_failed',
    ],
    [
      'headers above 16 KiB',
      requestText('GET / HTTP/1.1', 'Host: a', `X: ${'x'.repeat(20_000)}`),
      431,
      'payload_too_large',
    ],
    [
      'headers far above 16 KiB',
      requestText(
        'GET / HTTP/1.1',
        'Host: a',
        ...Array.from({ length: 200 }, () => `X: ${'x'.repeat(5000)}`),
      ),
      431,
      'payload_too_large',
    ],
    [
      'an unknown expectation',
      requestText('GET /v1/payments HTTP/1.1', 'Host: a', 'Expect: more'),
      417,
      'validation_failed',
    ],
    ['no Host in HTTP/1.1', requestText('GET /healthz HTTP/1.1', 'A: b'), 400, 'validation_failed'],
    [
      'CONNECT',
      requestText('CONNECT example.com:443 HTTP/1.1', 'Host: a'),
      405,
      'method_not_allowed',
    ],
  ])('get a problem with a request id and are counted: %s', async (_what, text, status, code) => {
    const before = await countOf(code);
    const response = await responseTo(port, text);
    expect(response.status).toBe(status);
    expect(problemIn(response).code).toBe(code);
    expect(await countOf(code)).toBe(before + 1);
  });

  test('get a problem titled by its status if no code of the contract has that status', async () => {
    const text = requestText('GET / HTTP/1.1', 'Host: a', `X: ${'x'.repeat(20_000)}`);
    expect(problemIn(await responseTo(port, text))).toMatchObject({
      type: 'about:blank',
      title: 'Request Header Fields Too Large',
    });
  });

  test('do not overtake the response to an earlier request on the same connection', async () => {
    const good = requestText('GET /v1/payments?limit=1 HTTP/1.1', 'Host: a', key);
    const responses = await exchange(port, `${good}NONSENSE\r\n\r\n`, 2);
    expect(responses.map(({ status }) => status)).toEqual([200]);
    expect(responses[0]?.headers.connection).toBe('close');
  });
});

test('a request target with a fragment is refused as a whole', async () => {
  for (const target of [
    '/v1/payments#?limit=1',
    '/v1/payments?limit=1#',
    '/healthz#',
    '/graphql#',
  ]) {
    const response = await responseTo(port, requestText(`GET ${target} HTTP/1.1`, 'Host: a', key));
    expect([target, response.status]).toEqual([target, 400]);
    expect(problemIn(response).errors).toMatchObject([{ code: 'invalid_target' }]);
  }
});

describe('a second line of a header that has only one value', () => {
  const doubled = [
    ['Host', 'a', 'b'],
    ['host', 'a', 'a'],
    ['Authorization', `Bearer ${adminKey}`, 'Bearer sk_test_other_admin'],
    ['Content-Type', 'application/json', 'application/protobuf'],
    ['Idempotency-Key', 'one', 'two'],
    ['iDEMPOTENCY-kEY', 'one', 'two'],
    ['Last-Event-ID', '1', '2'],
    ['Payments-Version', '2026-11-01', '2026-11-02'],
  ] as const;
  const places: readonly (readonly [string, readonly string[]])[] = [
    ['GET /v1/payments?limit=1 HTTP/1.1', []],
    ['POST /graphql HTTP/1.1', ['Content-Length: 0']],
    ['GET /v1/events HTTP/1.1', ['Accept: text/event-stream']],
    ['GET /ws HTTP/1.1', handshake],
    ['GET /graphql HTTP/1.1', handshake],
    ['GET /healthz HTTP/1.1', []],
  ];

  test.each(doubled)('is refused on every path, for %s: %s and %s', async (name, first, second) => {
    for (const [line, headers] of places) {
      const host = name.toLowerCase() === 'host' ? [] : ['Host: a'];
      const lines = [...host, ...headers, `${name}: ${first}`, `${name}: ${second}`];
      const response = await responseTo(port, requestText(line, ...lines));
      expect(response.status).toBe(400);
      expect(problemIn(response).detail).toMatch(new RegExp(`expected one ${name} header`, 'i'));
      expect(response.headers.connection).toBe('close');
    }
  });

  test('a header whose value is a list may have several lines', async () => {
    const twice = ['Accept: text/html', 'Accept: application/json', 'Hash: 1', 'Hash: 2'];
    const lines = ['Host: a', key, ...twice];
    const text = requestText('GET /v1/payments?limit=1 HTTP/1.1', ...lines);
    expect((await responseTo(port, text)).status).toBe(200);
  });

  test('a Host that differs from :authority is refused on HTTP/2', async () => {
    const session = connectHttp2(`http://127.0.0.1:${server.ports.http2}`);
    const ask = (headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ':path': '/healthz', ...headers });
        stream.on('response', (head) => resolve(head[':status'])).on('error', reject);
        stream.resume();
      });
    expect(await ask({ ':authority': 'a', host: 'b' })).toBe(400);
    expect(await ask({ ':authority': 'a', host: 'a' })).toBe(200);
    expect(await ask({})).toBe(200);
    session.close();
  });
});

describe('a request of another version or to an unknown path', () => {
  test('needs no Host in HTTP/1.0', async () => {
    for (const path of ['/healthz', '/v1/payments?limit=1', '/openapi.json']) {
      const response = await responseTo(port, requestText(`GET ${path} HTTP/1.0`, key));
      expect(response.status).toBe(200);
    }
  });

  test('gets a response for the whole server if it is OPTIONS *', async () => {
    const response = await responseTo(port, requestText('OPTIONS * HTTP/1.1', 'Host: a'));
    expect(response.status).toBe(204);
    expect(response.headers['x-request-id']).toMatch(/./);
  });

  test('gets 501 if its transfer coding is unknown', async () => {
    const lines = ['Host: a', key, 'Content-Type: application/json', 'Idempotency-Key: coded'];
    const coding = 'Transfer-Encoding: gzip, chunked';
    const text = requestText('POST /v1/customers HTTP/1.1', ...lines, coding);
    const response = await responseTo(port, `${text}e\r\n{"name":"Ada"}\r\n0\r\n\r\n`);
    expect(response.status).toBe(501);
    problemIn(response);
  });

  test('may only be GET or HEAD on the pages of the server itself', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      for (const method of ['DELETE', 'POST', 'OPTIONS', 'PUT']) {
        const response = await responseTo(
          port,
          requestText(`${method} ${path} HTTP/1.1`, 'Host: a'),
        );
        expect(response.status).toBe(405);
        expect(response.headers.allow).toBe('GET, HEAD');
        expect(problemIn(response).code).toBe('method_not_allowed');
      }
      const head = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'HEAD' });
      expect(head.status).toBe(200);
      expect(await head.text()).toBe('');
    }
  });
});

describe('a request to the WebSocket path', () => {
  test('gets the required upgrade in its response if it does not ask for one', async () => {
    const response = await responseTo(port, requestText('GET /ws HTTP/1.1', 'Host: a', key));
    expect(response.status).toBe(426);
    expect(response.headers.upgrade).toBe('websocket');
    expect(response.headers.connection).toMatch(/upgrade/i);
    problemIn(response);
    const post = await responseTo(port, requestText('POST /ws HTTP/1.1', 'Host: a', key));
    expect([post.status, post.headers.allow]).toEqual([405, 'GET']);
  });

  test('is not upgraded in HTTP/1.0', async () => {
    const lines = ['Host: a', key, ...handshake];
    expect((await responseTo(port, requestText('GET /ws HTTP/1.1', ...lines))).status).toBe(101);
    expect((await responseTo(port, requestText('GET /ws HTTP/1.0', ...lines))).status).toBe(426);
    const graphql = await responseTo(port, requestText('GET /graphql HTTP/1.0', ...lines));
    expect(graphql.status).not.toBe(101);
  });
});

describe('a client that waits for 100 Continue', () => {
  const post = (path: string, ...headers: readonly string[]) =>
    requestText(
      `POST ${path} HTTP/1.1`,
      'Host: a',
      'Content-Type: application/json',
      'Expect: 100-continue',
      ...headers,
    );

  let lean: Fivewire;
  beforeAll(async () => {
    lean = await openServer(undefined, 'lean');
  });
  afterAll(() => lean.close());

  /** What reads a body, and on which port: REST and both hosts of GraphQL. */
  const readers = () =>
    [
      ['/v1/payments', port],
      ['/graphql', port],
      ['/graphql', lean.ports.http],
    ] as const;

  test('gets an immediate response if its body is too large', async () => {
    for (const [path, on] of readers()) {
      const text = post(path, key, 'Idempotency-Key: large', 'Content-Length: 1000000');
      const response = await responseTo(on, text);
      expect(response.status).toBe(413);
      expect(response.headers.connection).toBe('close');
    }
  });

  test('gets an immediate response if its key is missing or unknown', async () => {
    const length = ['Idempotency-Key: keyless', 'Content-Length: 14'];
    for (const headers of [length, ['Authorization: Bearer sk_test_nobody', ...length]]) {
      for (const [path, on] of readers()) {
        expect((await responseTo(on, post(path, ...headers))).status).toBe(401);
      }
    }
  });

  test('gets the same responses on HTTP/2', async () => {
    const session = connectHttp2(`http://127.0.0.1:${server.ports.http2}`);
    const statusesOf = (headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        const statuses: (number | undefined)[] = [];
        const expected = { expect: '100-continue', 'content-type': 'application/json' };
        const stream = session.request({
          ':method': 'POST',
          ':path': '/v1/customers',
          'idempotency-key': 'h2',
          ...expected,
          ...headers,
        });
        stream.on('continue', () => {
          statuses.push(100);
          stream.end('{"name":"Ada"}');
        });
        stream.on('response', (head) => resolve([...statuses, head[':status']]));
        stream.on('error', reject).resume();
      });
    const authorization = `Bearer ${adminKey}`;
    expect(await statusesOf({ authorization, 'content-length': '1000000' })).toEqual([413]);
    expect(await statusesOf({})).toEqual([401]);
    expect(await statusesOf({ authorization })).toEqual([100, 201]);
    session.close();
  });

  test('gets 100 Continue for a body that will be read, and keeps its connection', async () => {
    const body = '{"name":"Ada"}';
    const length = `Content-Length: ${body.length}`;
    const first = post('/v1/customers', key, 'Idempotency-Key: waits', length) + body;
    const second = requestText('GET /healthz HTTP/1.1', 'Host: a');
    const responses = await exchange(port, first + second, 3);
    expect(responses.map(({ status }) => status)).toEqual([100, 201, 200]);
  });
});
