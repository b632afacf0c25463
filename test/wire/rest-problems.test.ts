import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../services/rest/routes.ts';
import { problemSchema } from '../../services/rest/schemas.ts';
import { readerKey } from '../house.ts';
import { type Answer, ask, freshKey, openRestServer, type RestServer } from './rest-server.ts';

let server: RestServer;
let base: string;
let url: string;

beforeAll(async () => {
  server = await openRestServer();
  base = server.http1;
  url = `${base}/v1/payments`;
});
afterAll(() => server.close());

const card = { amount: 1000, currency: 'GBP', payment_method: 'pm_card_ok' };
const asJson = { 'content-type': 'application/json' };

/** A payment with the fields that `text`, the inside of a JSON object, adds or repeats. */
const withFields = (text: string): string => `${JSON.stringify(card).slice(0, -1)},${text}}`;

const send = (body: string) => ask(url, { body, headers: asJson });

const violationsOf = ({ json }: Answer): [string, string, string][] =>
  json.errors.map((violation: { pointer: string; code: string; detail: string }) => [
    violation.pointer,
    violation.code,
    violation.detail,
  ]);

test('an unpaired surrogate in a field name is reported like any other name on every write', async () => {
  for (const { path } of routes.filter(({ method }) => method === 'POST')) {
    const target = base + path.replace('{id}', 'pay_1');
    const half = await ask(target, { body: '{"\\ud800":1}', headers: asJson });
    expect([path, half.status, half.json.code]).toEqual([path, 400, 'validation_failed']);
    expect(violationsOf(half)).toContainEqual(['#/%EF%BF%BD', 'unknown_field', 'unknown field']);
    problemSchema.parse(half.json);
  }
  const deeper = await send(withFields('"metadata":{"\\udfff":"x","a\\ud800":"x"}'));
  expect(violationsOf(deeper).map(([pointer]) => pointer)).toEqual([
    '#/metadata/%EF%BF%BD',
    '#/metadata/a%EF%BF%BD',
  ]);
});

test('a pointer escapes special characters of a name by RFC 6901 in a URI fragment', async () => {
  const answer = await send(withFields('"x#y":1,"a/b~":1,"%2":1'));
  expect(violationsOf(answer).map(([pointer]) => pointer)).toEqual([
    '#/x%23y',
    '#/a~1b~0',
    '#/%252',
  ]);
});

describe('error messages', () => {
  test('repeat the input as it was sent', async () => {
    const times = [
      '2011-02-30T00:00:00Z',
      '2011-02-29T00:00:00Z',
      '2011-04-31T00:00:00Z',
      '2011-01-01T24:00:00Z',
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59-01:00',
      '1700000000000',
    ];
    for (const name of ['created_from', 'created_before']) {
      for (const time of times) {
        const answer = await ask(`${url}?${name}=${time}`);
        expect([time, answer.status, answer.json.detail]).toEqual([
          time,
          400,
          `${name}: expected a time such as 2026-01-31T12:00:00Z, got "${time}"`,
        ]);
      }
      for (const time of ['1969-12-31T23:59:59Z', '2016-12-31T23:59:60Z', '2012-02-29T00:00:00Z']) {
        expect([time, (await ask(`${url}?${name}=${time}`)).status]).toEqual([time, 200]);
      }
    }
    const cases: readonly [Promise<Answer>, string][] = [
      [send(withFields('"metadata":{"":"v"}')), '#/metadata/'],
      [ask(`${base}/v1/keys`, { json: { name: 'k', scopes: 'payments:read' } }), '#/scopes'],
      [ask(`${url}?limit=1.00000000000000000001`), '#/limit'],
      [ask(`${url}?amount_min=-0`), '#/amount_min'],
      [ask(`${url}?amount_min=9007199254740993`), '#/amount_min'],
    ];
    const got = ['""', '"payments:read"', '"1.00000000000000000001"', '"-0"', '"9007199254740993"'];
    for (const [at, [asked, pointer]] of cases.entries()) {
      const violations = violationsOf(await asked);
      expect(violations).toHaveLength(1);
      expect(violations[0]?.[0]).toBe(pointer);
      expect(violations[0]?.[2]).toMatch(new RegExp(`, got ${got[at]}$`));
    }
  });

  test('name the position of input that parsing would change', async () => {
    const cases: readonly [string, string, string][] = [
      ['{"amount":99999999999.0000001}', '#/amount', '99999999999.0000001'],
      ['{"amount":1.00000000000000000001}', '#/amount', '1.00000000000000000001'],
      ['{"amount":1e400}', '#/amount', '1e400'],
      ['{"amount":-0}', '#/amount', '-0'],
      ['{"amount":9007199254740993}', '#/amount', '9007199254740993'],
      ['{"amount":100,"amount":99999}', '#/amount', 'twice'],
      ['{"payment_method":1,"payment_method":1}', '#/payment_method', 'twice'],
      ['{"metadata":{"a":"1","\\u0061":"2"}}', '#/metadata/a', 'twice'],
    ];
    for (const [body, pointer, got] of cases) {
      const answer = await send(body);
      const [violation] = violationsOf(answer);
      expect([body, answer.status, violation?.[0]]).toEqual([body, 400, pointer]);
      expect(violation?.[2]).toContain(`got ${got === 'twice' ? 'it twice' : got}`);
    }
  });

  test('use the names of the caller: snake_case for fields and header names for headers', async () => {
    const camel = await send('{"amount":1,"currency":"GBP","paymentMethod":"pm_card_ok"}');
    expect(camel.json.detail).toMatch(/^payment_method: expected one of .*, got nothing; payme/);
    expect(camel.json.detail).toMatch(/; paymentMethod: unknown field$/);
    const own = await send(withFields('"_limit":1,"__proto__":1,"hasOwnProperty":1,"Limit":1'));
    for (const name of ['_limit', '__proto__', 'hasOwnProperty', 'Limit']) {
      expect(own.json.detail).toMatch(new RegExp(`(^|; )${name}: unknown field`));
    }
    const key = await ask(`${base}/v1/keys`, {
      json: { name: 'k', scopes: ['payments:read'], rate_per_second: 0 },
    });
    expect(key.json.detail).toMatch(/^rate_per_second: /);
    expect((await ask(`${url}?created_from=x&amount_min=y`)).json.detail).toMatch(
      /created_from: .*; amount_min: /,
    );
    const header = await ask(url, { json: card, headers: { 'idempotency-key': 'a b' } });
    expect(header.json.detail).toMatch(/^Idempotency-Key: expected .*, got "a b"$/);
    const version = await ask(url, { headers: { 'payments-version': '1999-01-01' } });
    expect(version.json.detail).toMatch(/^Payments-Version: expected .*, got '1999-01-01'$/);
  });

  test('report NUL in every free text', async () => {
    const answer = await send(withFields('"metadata":{"a\\u0000":"v","b":"\\u0000"}'));
    expect(violationsOf(answer).map(([pointer]) => pointer)).toEqual([
      '#/metadata/a%00',
      '#/metadata/b',
    ]);
  });

  test('are not much larger than the request', async () => {
    const name = 'x'.repeat(60_000);
    const names = Array.from({ length: 5000 }, (_none, at) => `"${at}":1`).join();
    const many = 'a,'.repeat(2000);
    const answers = [
      await send(`{"${name}":1}`),
      await send(`{"${'\\u20ac'.repeat(10_000)}":1}`),
      await send(`{${names}}`),
      await send(withFields(`"metadata":{"${name}":"v"}`)),
      await ask(`${url}?${name.slice(0, 10_000)}=1`),
      await ask(`${url}?${'a&'.repeat(5000)}`, { json: card }),
      await ask(`${url}?${names.slice(0, 10_000).replaceAll(/\D+/g, '&')}`, { json: card }),
      await ask(`${url}?fields=${many}`),
      await ask(`${url}?expand=${many}`),
      await ask(`${url}?ids=${many}`),
      await ask(`${base}/v1/events?types=${many}`),
      await ask(`${url}/${name.slice(0, 10_000)}`),
      await ask(`${base}/${'"'.repeat(3000)}`),
    ];
    const sizes = answers.map(({ json }) => JSON.stringify(json).length);
    // The longest list of values that a field takes, as many times as an error lists violations.
    for (const size of sizes) expect(size).toBeLessThan(16_000);
    expect(sizes.filter((size) => size > 6000).length).toBeLessThan(3);
    for (const { json } of answers) problemSchema.parse(json);
  });
});

test('`instance` is the path as it was sent, as a URI reference', async () => {
  for (const path of ['/v1/payments/%20x%3Ca%3E', '/v1/payments/%00', '/nowhere/%C3%A4;b=c']) {
    const { status, json } = await ask(`${base}${path}?limit=1`.replace('?limit=1', ''));
    expect([status, json.instance]).toEqual([404, path]);
  }
  expect((await ask(`${url}?nonsense=1`)).json.instance).toBe('/v1/payments');
});

test('an unsupported method has its own error code and page', async () => {
  for (const [method, path, allow] of [
    ['DELETE', '/v1/payments', 'GET, HEAD, OPTIONS, POST'],
    ['PUT', '/v1/payments/pay_1', 'GET, HEAD, OPTIONS'],
    ['GET', '/v1/payments/pay_1/capture', 'OPTIONS, POST'],
    ['POST', '/openapi.json', 'GET, HEAD, OPTIONS'],
  ] as const) {
    const { status, headers, json } = await ask(base + path, { method });
    problemSchema.parse(json);
    expect([status, json.status, json.code, headers.get('allow')]).toEqual([
      405,
      405,
      'method_not_allowed',
      allow,
    ]);
    expect(json.title).toBe('The method is not allowed');
    expect(json.type).toBe('/docs/errors/method_not_allowed');
  }
});

describe('headers', () => {
  test('name the scope that a key does not have', async () => {
    const answer = await ask(url, { json: card, key: readerKey });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer realm="payments", error="insufficient_scope", scope="payments:write"',
    ]);
  });

  test('describe a body in any spelling that RFC 9110 allows', async () => {
    const body = JSON.stringify(card);
    const taken: readonly [Record<string, string>, number][] = [
      [{ 'content-type': 'application/json;' }, 201],
      [{ 'content-type': 'application/json;\tcharset=utf-8' }, 201],
      [{ 'content-type': 'application/json ; ; charset="utf-8"' }, 201],
      [{ 'content-type': 'application/json; charset="utf-8' }, 415],
      [{ ...asJson, 'content-encoding': 'IDENTITY' }, 201],
      [{ ...asJson, 'content-encoding': 'identity, Identity' }, 201],
      [{ ...asJson, 'content-encoding': 'gzip' }, 415],
      [{ ...asJson, 'content-encoding': 'identity, br' }, 415],
    ];
    for (const [headers, status] of taken) {
      const answer = await ask(url, { body, headers });
      expect([headers, answer.status]).toEqual([headers, status]);
      const isCoding = status === 415 && headers['content-encoding'] !== undefined;
      expect(answer.headers.get('accept-encoding')).toBe(isCoding ? 'identity' : null);
    }
  });

  test('request a representation by quoted strings and by parameters that restrict it', async () => {
    const { json: payment } = await ask(url, { json: card });
    const typeFor = async (accept: string) => {
      const answer = await ask(`${url}/${payment.id}`, { headers: { accept } });
      return answer.status === 200 ? answer.headers.get('content-type') : answer.status;
    };
    const [json, protobuf] = ['application/json', 'application/protobuf'];
    for (const [accept, type] of [
      ['application/json;x="a;q=0"', json],
      ['text/html;x=", application/json", */*;q=0.1', json],
      ['application/json;charset=utf-8', json],
      ['application/protobuf;version=1;encoding=binary', protobuf],
      ['application/protobuf;version="1"', protobuf],
      ['application/protobuf;version=99', 406],
      ['application/protobuf;encoding=json', 406],
      ['application/protobuf;version=99, application/json;q=0.1', json],
      [
        'application/protobuf;q=0.1, application/protobuf;version=1, application/json;q=0.5',
        protobuf,
      ],
      ['application/json;q=2', 406],
    ] as const) {
      expect([accept, await typeFor(accept)]).toEqual([accept, type]);
    }
  });

  test('have one idempotency key, bare or as a string with parameters', async () => {
    const key = freshKey();
    const pay = (spelling: string) =>
      ask(url, { json: card, headers: { 'idempotency-key': spelling } });
    const first = await pay(key);
    for (const spelling of [`"${key}"`, `"${key}";x=1`, `"${key}"; a; b="c"`]) {
      const again = await pay(spelling);
      expect([spelling, again.status, again.json.id]).toEqual([spelling, 201, first.json.id]);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    }
    for (const spelling of [`"${key}`, `"${key}" x`, `"${key}";`, `"${key}", "b"`]) {
      const refused = await pay(spelling);
      expect([spelling, refused.status, refused.json.errors[0].pointer]).toEqual([
        spelling,
        400,
        '#/idempotency_key',
      ]);
    }
  });
});
