import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { adminKey } from '../house.ts';
import { type Answer, ask, freshKey, openRestServer, type RestServer } from './rest-server.ts';

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

const violations = ({ json }: Answer) =>
  json.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code]);

/** What a server says to bytes as they are, until it is silent for a moment or hangs up. */
async function exchange(...parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk;
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  for (const part of parts) {
    socket.write(part);
    await sleep(20);
  }
  await Promise.race([closed, sleep(150)]);
  socket.destroy();
  return said;
}

const head = (...lines: readonly string[]): string =>
  [
    'POST /v1/payments HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${adminKey}`,
    `Idempotency-Key: ${freshKey()}`,
    ...lines,
    '',
    '',
  ].join('\r\n');

const statuses = (said: string): string[] =>
  [...said.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status);

describe('in the body of a request,', () => {
  test('text that is not JSON is refused with the position of the syntax error', async () => {
    const places: readonly [string, string][] = [
      ['{"amount": 1,}', "got '}' at line 1 column 14"],
      ['{"amount": 1', 'got the end at line 1 column 13'],
      ['{\n  "amount": nope\n}', "got 'nope\n}' at line 2 column 13"],
      ['{"a": 1} {"b": 2}', `got '{"b": 2}' at line 1 column 10`],
      ['{"a": 01}', "got '1}' at line 1 column 8"],
      ["{'a': 1}", "got ''a': 1}' at line 1 column 2"],
      ['["a", ]', "got ']' at line 1 column 7"],
      ['{"a": "\\x"}', `got '"\\x"}' at line 1 column 7`],
      ['\ufeff{}', "got '\ufeff{}' at line 1 column 1"],
      ['undefined', "got 'undefined' at line 1 column 1"],
    ];
    for (const [body, place] of places) {
      const answer = await ask(url, { body, headers: asJson });
      expect([body, answer.status, violations(answer)]).toEqual([
        body,
        400,
        [['#', 'invalid_json']],
      ]);
      expect(answer.json.detail).toContain(place);
    }
  });

  test('JSON that is not an object is refused', async () => {
    for (const json of [[], [card], 'text', 1, true, null]) {
      const answer = await ask(url, { json });
      expect([answer.status, answer.json.code]).toEqual([400, 'validation_failed']);
      expect(answer.json.detail).toContain('expected object');
    }
  });

  test('all violations of all fields are reported together', async () => {
    const json = { amount: 0.5, currency: 'XXX', metadata: { a: 1 }, confrim: true, id: 'mine' };
    expect(violations(await ask(url, { json }))).toEqual([
      ['#/amount', 'invalid_type'],
      ['#/currency', 'invalid_value'],
      ['#/payment_method', 'required'],
      ['#/metadata/a', 'invalid_type'],
      ['#/confrim', 'unknown_field'],
      ['#/id', 'unknown_field'],
    ]);
  });

  test('a second id besides the one in the path is refused as an unknown field', async () => {
    const { json: payment } = await ask(url, { json: card });
    const twice = await ask(`${url}/${payment.id}/confirm`, { json: { id: payment.id } });
    expect(violations(twice)).toEqual([['#/id', 'unknown_field']]);
    const refund = await ask(`${url}/${payment.id}/refunds`, { json: { payment: payment.id } });
    expect(violations(refund)).toEqual([['#/payment', 'unknown_field']]);
    expect((await ask(`${url}/${payment.id}`)).json.status).toBe('requires_confirmation');
  });

  test('names with a meaning in JavaScript are treated like any other', async () => {
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
      const body = JSON.stringify(card).replace('{', `{"${name}":{"confirm":true},`);
      const answer = await ask(url, { body, headers: asJson });
      expect([name, answer.status, answer.json.errors.length]).toEqual([name, 400, 1]);
      const query = await ask(`${url}?${name}=1`);
      expect([name, query.status]).toEqual([name, 400]);
    }
    expect(Object.hasOwn(Object.prototype, 'confirm')).toBe(false);
    const body = JSON.stringify({ ...card, metadata: { constructor: 'c', toString: 't' } });
    const kept = await ask(url, { body, headers: asJson });
    expect(kept.json.metadata).toEqual({ constructor: 'c', toString: 't' });
  });

  test('deep nesting, NUL and unpaired surrogates cause no internal error', async () => {
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    for (const body of [deep, `{"metadata":${deep}}`, `{"a":`.repeat(10_000)]) {
      expect((await ask(url, { body, headers: asJson })).status).toBe(400);
    }
    const nul = await ask(url, { json: { ...card, description: 'a\0b' } });
    expect(violations(nul)).toEqual([['#/description', 'invalid']]);
    const lone = await ask(url, {
      body: JSON.stringify({ ...card, description: 'a' }).replace('"a"', '"\\ud800"'),
      headers: asJson,
    });
    expect(lone.status).toBeLessThan(500);
  });

  test('bytes that are not UTF-8 are refused', async () => {
    const body = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]);
    const answer = await ask(url, { body, headers: asJson });
    expect([answer.status, violations(answer)]).toEqual([400, [['#', 'invalid_utf8']]]);
  });

  test('JSON is accepted under any spelling of its content type, and other types are refused', async () => {
    const body = JSON.stringify(card);
    const types: readonly [string, number][] = [
      ['application/json', 201],
      ['Application/JSON; charset=utf-8', 201],
      ['application/json; charset="UTF-8"', 201],
      ['application/json; charset=latin1', 415],
      ['application/jsonp', 415],
      ['text/plain', 415],
      ['application/x-www-form-urlencoded', 415],
      ['application/merge-patch+json', 415],
    ];
    for (const [type, status] of types) {
      const answer = await ask(url, { body, headers: { 'content-type': type } });
      expect([type, answer.status]).toEqual([type, status]);
      const taken = 'application/json, application/protobuf';
      expect(answer.headers.get('accept-post')).toBe(status === 415 ? taken : null);
    }
    const unnamed = await exchange(head(`Content-Length: ${body.length}`), body);
    expect(statuses(unnamed)).toEqual(['415']);
  });

  test('an omitted body counts as an empty object', async () => {
    const answer = await ask(url, { method: 'POST' });
    expect(violations(answer)).toEqual([
      ['#/amount', 'required'],
      ['#/currency', 'required'],
      ['#/payment_method', 'required'],
    ]);
  });

  test('64 KiB are accepted, and one byte more is refused', async () => {
    const bodyOf = (bytes: number) => {
      const empty = JSON.stringify({ ...card, metadata: {} }).length;
      return JSON.stringify({ ...card, metadata: {} }) + ' '.repeat(bytes - empty);
    };
    expect((await ask(url, { body: bodyOf(65_536), headers: asJson })).status).toBe(201);
    const over = await ask(url, { body: bodyOf(65_537), headers: asJson });
    expect([over.status, over.json.metadata]).toEqual([413, { limit_bytes: '65536' }]);
  });

  test('chunks that exceed the maximum size are refused without a delay', async () => {
    let sent = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        if (sent > 200) controller.close();
        else controller.enqueue(new Uint8Array(16_384).fill(0x20));
      },
    });
    const answer = await ask(url, { body: stream, headers: asJson });
    expect([answer.status, answer.json.code]).toEqual([413, 'payload_too_large']);
  });

  test('a content length above the maximum is refused before the content arrives', async () => {
    const said = await exchange(
      head('Content-Type: application/json', 'Content-Length: 9999999999'),
      '{"amount":',
    );
    expect(statuses(said)).toEqual(['413']);
    expect(said).toContain('payload_too_large');
  });

  test('a wrong content length ends at most its own connection', async () => {
    const type = 'Content-Type: application/json';
    const body = JSON.stringify(card);
    const short = await exchange(head(type, 'Content-Length: 5'), body);
    expect(statuses(short)[0]).toBe('400');
    const long = await exchange(head(type, 'Content-Length: 5000'), body);
    expect(statuses(long)).toEqual([]);
    for (const length of ['-1', 'abc', '1, 2', '0x10', '1e3']) {
      expect(statuses(await exchange(head(type, `Content-Length: ${length}`), body))).toEqual([
        '400',
      ]);
    }
    const both = head(type, 'Content-Length: 5', 'Transfer-Encoding: chunked');
    expect(statuses(await exchange(both, body))[0]).toBe('400');
    const brokenChunk = await exchange(head(type, 'Transfer-Encoding: chunked'), 'zz\r\n{}\r\n');
    expect(brokenChunk).not.toContain(' 500 ');
  });

  test('authentication is checked before the content', async () => {
    for (const asking of [
      { body: '{', headers: asJson },
      { body: 'x', headers: { 'content-type': 'text/plain' } },
      { body: 'x'.repeat(70_000), headers: asJson },
      { method: 'GET', headers: { accept: 'image/png' } },
    ]) {
      expect((await ask(url, { ...asking, key: null })).status).toBe(401);
    }
  });
});

describe('in a URL,', () => {
  test('unknown, repeated and invalid parameters are refused by name', async () => {
    const wrong: readonly [string, string][] = [
      ['limt=1', '#/limt'],
      ['limit=1&limit=2', '#/limit'],
      ['limit=ten', '#/limit'],
      ['limit=1.5', '#/limit'],
      ['limit=', '#/limit'],
      ['limit=1e2', '#/limit'],
      ['limit=99999999999999999999', '#/limit'],
      ['status=paid', '#/status'],
      ['created_from=yesterday', '#/created_from'],
      ['created_from=1700000000000', '#/created_from'],
      ['createdFrom=2026-01-01T00:00:00Z', '#/createdFrom'],
      ['customer=cus_1', '#/customer'],
      ['cursor=AAAA', '#/cursor'],
      ['fields=secret', '#/fields'],
      ['ids=a&limit=1', '#/limit'],
      ['%ff=1', '#/%EF%BF%BD'],
      ['a%2Fb=1', '#/a~1b'],
    ];
    for (const [query, pointer] of wrong) {
      const answer = await ask(`${url}?${query}`);
      expect([query, answer.status, answer.json.errors?.[0].pointer]).toEqual([
        query,
        400,
        pointer,
      ]);
    }
    expect(violations(await ask(`${url}?a=1&b=2`, { json: card }))).toEqual([
      ['#/a', 'unknown_field'],
      ['#/b', 'unknown_field'],
    ]);
  });

  test('a cursor of another list is refused', async () => {
    await ask(url, { json: card });
    await ask(url, { json: card });
    const { json } = await ask(`${url}?limit=1`);
    const other = await ask(`${url}?limit=1&sort=amount&cursor=${json.next_cursor}`);
    expect(violations(other)).toEqual([['#/cursor', 'invalid_cursor']]);
  });

  test('an oversized query and too many ids are refused', async () => {
    const many = Array.from({ length: 101 }, (_none, at) => `pay_${at}`).join(',');
    expect(violations(await ask(`${url}?ids=${many}`))).toEqual([['#/ids', 'too_big']]);
    expect((await ask(`${url}?q=${'x'.repeat(10_000)}`)).status).toBe(400);
    expect((await ask(`${url}?${'a&'.repeat(5000)}`)).status).toBe(400);
    const huge = await exchange(`GET /v1/payments?q=${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`);
    expect(statuses(huge)).toEqual(['431']);
  });

  test('unknown and malformed ids get 404', async () => {
    const ids = [
      'nope',
      'pay_0',
      '%00',
      '%2e%2e',
      '%ff',
      "a'b",
      '%F0%9F%92%B8',
      'a%2Fb',
      '*',
      '..',
    ];
    for (const id of ids) expect([id, (await ask(`${url}/${id}`)).status]).toEqual([id, 404]);
    expect((await ask(`${url}/${'x'.repeat(300)}`)).status).toBe(400);
  });

  test('a malformed target or host gets a problem response', async () => {
    const get = (target: string, host = 'localhost') =>
      exchange(
        `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${adminKey}\r\n\r\n`,
      );
    expect(await get('/v1/payments', 'a b{}')).toContain('"code":"validation_failed"');
    expect(await get('/v1\\payments')).toContain('400 Bad Request');
    expect(await get('*')).toContain('400 Bad Request');
    expect(await get('http://localhost/v1/payments?limit=1')).toContain('200 OK');
    expect(await get('/v1/payments/../payments?limit=1')).toContain('200 OK');
  });
});

describe('headers', () => {
  test('that are repeated or malformed never cause an internal error', async () => {
    const odd: readonly [string, string, number][] = [
      ['authorization', 'Bearer', 401],
      ['authorization', 'Basic c2s6', 401],
      ['authorization', `Bearer ${adminKey} extra`, 401],
      ['authorization', `bearer   ${adminKey}`, 200],
      ['x-request-id', 'a b\tc', 200],
      ['x-request-id', 'x'.repeat(500), 200],
      ['traceparent', 'nonsense', 200],
      ['if-none-match', '"""', 200],
      ['if-none-match', 'W/', 200],
      ['payments-version', '', 400],
      ['accept', '', 406],
      ['accept', ',,,', 406],
      ['content-type', 'nonsense', 200],
    ];
    for (const [name, value, status] of odd) {
      const answer = await ask(url, { headers: { [name]: value } });
      expect([name, value, answer.status]).toEqual([name, value, status]);
    }
    const doubled = await exchange(
      [
        'GET /v1/payments HTTP/1.1',
        'Host: localhost',
        `Authorization: Bearer ${adminKey}`,
        'Authorization: Bearer another',
        'X-Request-Id: a',
        'X-Request-Id: b',
        'Accept: text/html',
        'Accept: application/json',
        'If-None-Match: "a"',
        'If-None-Match: "b"',
        '',
        '',
      ].join('\r\n'),
    );
    expect(statuses(doubled)).toEqual(['200']);
  });

  test('with an unsafe request id get a new one in the response', async () => {
    const { headers } = await ask(url, { headers: { 'x-request-id': 'a b' } });
    expect(headers.get('x-request-id')).toMatch(/^req_[0-9a-f-]{36}$/);
  });
});
