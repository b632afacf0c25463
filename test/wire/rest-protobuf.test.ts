import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallName } from '../../services/core/operations.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import { createRestClient, type RestClient } from '../../services/rest/client.ts';
import { openApi } from '../../services/rest/openapi.ts';
import { hasMessages, routes } from '../../services/rest/routes.ts';
import { createRestListener } from '../../services/rest/server.ts';
import { message } from '../../services/wire/protobuf/contract.ts';
import { decodePayment } from '../../services/wire/protobuf/messages.ts';
import { messageName, methods } from '../../services/wire/protobuf/methods.ts';
import { adminKey } from '../house.ts';
import { ask, freshKey, openRestServer, type RestServer } from './rest-server.ts';

let server: RestServer;
let url: string;
beforeAll(async () => {
  server = await openRestServer();
  url = `${server.http1}/v1/payments`;
});
afterAll(() => server.close());

const once = () => ({ idempotencyKey: freshKey() });
const protobuf = 'application/protobuf';
const asMessage = { 'content-type': protobuf };
const Request = message('payments.v1.CreatePaymentRequest');
const card = { amount: 1999, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;

/** Asks with fetch for a message; `bytes` is what came, whatever it is. */
async function askBytes(
  path: string,
  { body, headers }: { body?: BodyInit; headers?: Readonly<Record<string, string>> } = {},
) {
  const answer = await fetch(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${adminKey}`,
      accept: protobuf,
      ...(body !== undefined && { ...asMessage, 'idempotency-key': freshKey() }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, headers: answer.headers, bytes };
}

const paymentIn = (bytes: Buffer): Payment =>
  decodePayment(message('payments.v1.Payment').deserialize(bytes));

describe.each([
  ['HTTP/1.1', false],
  ['HTTP/2', true],
])('the client that uses Protobuf over %s', (_name, http2) => {
  let json: RestClient;
  let messages: RestClient;
  beforeAll(async () => {
    const options = { target: http2 ? server.http2 : server.http1, key: adminKey, http2 };
    json = await createRestClient(options);
    messages = await createRestClient({ ...options, protobuf: true });
  });
  afterAll(() => Promise.all([json.close(), messages.close()]));

  test('creates and reads every field as with JSON', async () => {
    const customer = await messages.createCustomer(
      { name: 'Ada', email: null, metadata: { a: '1' } },
      once(),
    );
    const full = {
      amount: 99_999_999_999,
      currency: 'BHD',
      customer: customer.id,
      paymentMethod: 'pm_card_ok',
      captureMethod: 'manual',
      confirm: true,
      description: 'Zoë’s €-order',
      metadata: { order: '7', 'a b': 'ü', empty: '' },
    } as const;
    const created = await messages.createPayment(full, once());
    const { confirm: _confirm, ...said } = full;
    expect(created).toMatchObject({ ...said, status: 'requires_capture' });
    const captured = await messages.capturePayment({ id: created.id, amount: 2 ** 33 }, once());
    expect(captured.amountCaptured).toBe(2 ** 33);
    const refund = await messages.refundPayment({ payment: created.id, amount: 1 }, once());
    const bare = await messages.createPayment({ ...card, description: null }, once());
    expect(bare).toMatchObject({ description: null, customer: null, metadata: {}, failure: null });
    const declined = await messages.createPayment(
      { ...card, paymentMethod: 'pm_card_expired' },
      once(),
    );
    await messages.confirmPayment({ id: declined.id }, once()).catch(() => {});
    expect((await messages.getPayment({ id: declined.id })).failure?.code).toBe('card_expired');
    const canceled = await messages.createPayment(card, once());
    expect((await messages.cancelPayment({ id: canceled.id }, once())).status).toBe('canceled');

    const ids = [created.id, 'no', bare.id, declined.id, canceled.id];
    const first = await json.listPayments({ limit: 2 });
    const cursor = first.nextCursor ?? '';
    const reads: readonly ((of: RestClient) => Promise<unknown>)[] = [
      (of) => of.getPayment({ id: created.id }),
      (of) => of.getPaymentsByIds({ ids }),
      (of) => of.listPayments({ limit: 2 }),
      (of) => of.listPayments({ limit: 2, cursor }),
      (of) => of.listPayments({ status: 'succeeded', amountMin: 99_999_999_999 }),
      (of) => of.getRefund({ id: refund.id }),
      (of) => of.listRefunds({ payment: created.id }),
      (of) => of.getRefundsByPaymentIds({ payments: [created.id, bare.id] }),
      (of) => of.getCustomer({ id: customer.id }),
      (of) => of.getCustomersByIds({ ids: ['no', customer.id] }),
      (of) => of.listCustomers({ limit: 1 }),
      // There is no message for these: JSON carries them.
      (of) => of.listEvents({ limit: 2 }),
    ];
    for (const read of reads) expect(await read(messages)).toEqual(await read(json));
  });

  test('gets the same errors and violations as with JSON', async () => {
    const calls: readonly ((of: RestClient) => Promise<unknown>)[] = [
      (of) => of.getPayment({ id: 'nope' }),
      (of) => of.listPayments({ limit: 0 }),
      (of) => of.createPayment({ ...card, amount: 0, currency: 'XXX' } as never, once()),
      (of) => of.createPayment(card as never),
    ];
    for (const call of calls) {
      const [ours, theirs] = await Promise.allSettled([call(messages), call(json)]);
      expect(ours.status).toBe('rejected');
      expect(ours).toEqual(theirs);
    }
  });
});

test('the client that uses Protobuf sends and requests nothing else if a route has messages', async () => {
  const listener = createRestListener(server.house.core);
  const seen: unknown[] = [];
  const watched = createServer((request, response) => {
    seen.push([request.headers.accept, request.headers['content-type']]);
    listener(request, response);
  });
  await new Promise<void>((resolve) => watched.listen(0, '127.0.0.1', resolve));
  // It listens on TCP.
  const { port } = watched.address() as AddressInfo;
  const target = `http://127.0.0.1:${port}`;
  const client = await createRestClient({ target, key: adminKey, protobuf: true });
  const { id } = await client.createPayment(card, once());
  await client.getPayment({ id });
  await client.listPayments({ limit: 1 });
  await client.getPaymentsByIds({ ids: [id] });
  await client.listEvents({ limit: 1 });
  await client.close();
  await new Promise((resolve) => watched.close(resolve));
  const read = [protobuf, undefined];
  const events = ['application/json', undefined];
  expect(seen).toEqual([[protobuf, protobuf], read, read, read, events]);
});

describe('a message over HTTP', () => {
  test('gets a response with 201, its content type, location and entity tag', async () => {
    const body = Request.serialize({ ...card, confirm: true });
    const { status, headers, bytes } = await askBytes(url, { body });
    const payment = paymentIn(bytes);
    expect([status, headers.get('content-type')]).toEqual([201, protobuf]);
    expect(headers.get('location')).toBe(`/v1/payments/${payment.id}`);
    expect(headers.get('content-length')).toBe(String(bytes.length));
    const read = await askBytes(`${url}/${payment.id}`);
    expect(headers.get('etag')).toBe(read.headers.get('etag'));
    expect(paymentIn(read.bytes)).toEqual(payment);
  });

  test('and JSON can be mixed in request and response, and an idempotency key covers both', async () => {
    const body = Request.serialize(card);
    const headers = { 'idempotency-key': freshKey(), accept: 'application/json' };
    const first = await askBytes(url, { body, headers });
    expect(first.headers.get('content-type')).toBe('application/json');
    const { paymentMethod, ...rest } = card;
    const json = { ...rest, payment_method: paymentMethod };
    const again = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers,
        authorization: `Bearer ${adminKey}`,
        accept: protobuf,
        'content-type': 'application/json',
      },
      body: JSON.stringify(json),
    });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    const replayed = paymentIn(Buffer.from(await again.arrayBuffer()));
    expect(replayed.id).toBe(JSON.parse(first.bytes.toString()).id);
  });

  test('is chosen by q-values, and JSON if both are equal', async () => {
    const { json } = await ask(url, {
      json: { amount: 1, currency: 'GBP', payment_method: 'pm_card_ok' },
    });
    const types: readonly [string, string][] = [
      ['application/protobuf', protobuf],
      ['Application/Protobuf;q=0.3', protobuf],
      ['application/json;q=0.4, application/protobuf;q=0.5', protobuf],
      ['application/protobuf, */*;q=0.9', protobuf],
      ['application/json;q=0, */*', protobuf],
      ['application/protobuf, application/json', 'application/json'],
      ['application/*', 'application/json'],
      ['application/json, application/protobuf;q=0.9', 'application/json'],
    ];
    for (const [accept, type] of types) {
      const { headers } = await askBytes(`${url}/${json.id}`, { headers: { accept } });
      expect([accept, headers.get('content-type')]).toEqual([accept, type]);
      expect(headers.get('vary')).toContain('Accept,');
    }
  });

  test('is refused with 406 for events, keys, and content that a message cannot express', async () => {
    const paths = ['/v1/events', '/v1/payments?fields=id', '/v1/payments?expand=customer'];
    for (const path of paths) {
      const { status, headers, bytes } = await askBytes(server.http1 + path);
      expect([path, status, headers.get('content-type')]).toEqual([
        path,
        406,
        'application/problem+json',
      ]);
      expect(JSON.parse(bytes.toString()).detail).toMatch(/admits application\/json, got/);
      const either = { accept: 'application/protobuf, application/json;q=0.1' };
      expect((await askBytes(server.http1 + path, { headers: either })).status).toBe(200);
    }
    const text = await askBytes(url, { headers: { accept: 'text/html' } });
    expect(JSON.parse(text.bytes.toString()).detail).toMatch(
      /admits application\/json or application\/protobuf, got 'text\/html'/,
    );
  });

  test('is accepted under its registered name on a route with messages, and otherwise gets 415', async () => {
    const body = Request.serialize(card);
    const types: readonly [string, string, number][] = [
      ['/v1/payments', 'application/protobuf; encoding=binary; version="1"', 201],
      ['/v1/payments', 'application/protobuf; encoding=json', 415],
      ['/v1/payments', 'application/x-protobuf', 415],
      ['/v1/keys', 'application/protobuf', 415],
    ];
    for (const [path, type, status] of types) {
      const headers = { 'content-type': type };
      const answer = await askBytes(server.http1 + path, {
        body,
        headers: { ...headers, accept: '*/*' },
      });
      expect([path, type, answer.status]).toEqual([path, type, status]);
      const taken = path === '/v1/keys' ? 'application/json' : `application/json, ${protobuf}`;
      expect(answer.headers.get('accept-post')).toBe(status === 415 ? taken : null);
    }
    const zipped = await askBytes(url, { body, headers: { 'content-encoding': 'gzip' } });
    expect(zipped.status).toBe(415);
  });

  test('gets 400 if it is malformed or contradicts its URL', async () => {
    const { json } = await ask(url, {
      json: { amount: 1, currency: 'GBP', payment_method: 'pm_card_ok' },
    });
    const confirm = message('payments.v1.ConfirmPaymentRequest');
    const other = `/${json.id}/confirm`;
    // A value that the enum does not have.
    const unknownMethod = { ...card, captureMethod: 9 as never };
    const cases: readonly [string, BodyInit, string, string][] = [
      ['', '{"amount": 1999, "currency": "GBP"}', '#', 'malformed'],
      // The number of a field, and no value.
      ['', Buffer.from([0x10]), '#/amount', 'malformed'],
      // A description that is longer than the message, and one that is not UTF-8.
      ['', Buffer.from([0x42, 50, 0x68]), '#/description', 'malformed'],
      ['', Buffer.from([0x42, 2, 0xff, 0xfe]), '#/description', 'invalid_utf8'],
      // Field 999, as in a misspelled schema: it could have been the amount.
      ['', Buffer.from([0xb8, 0x3e, 1]), '#/999', 'unknown_field'],
      ['', Buffer.alloc(0), '#/amount', 'too_small'],
      ['', Request.serialize({ ...card, requestId: 'x' }), '#/idempotency_key', 'conflict'],
      ['', Request.serialize(unknownMethod), '#/capture_method', 'invalid_value'],
      [other, confirm.serialize({ id: 'pay_other' }), '#/id', 'conflict'],
    ];
    for (const [path, body, pointer, code] of cases) {
      const { status, headers, bytes } = await askBytes(url + path, { body });
      expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json']);
      const [violation] = JSON.parse(bytes.toString()).errors;
      expect([path, violation.pointer, violation.code]).toEqual([path, pointer, code]);
    }
    const agreeing = await askBytes(url + other, { body: confirm.serialize({ id: json.id }) });
    expect(agreeing.status).toBe(200);
    const large = await askBytes(url, { body: Buffer.alloc(70_000) });
    expect(large.status).toBe(413);
  });

  test('has its own entity tag, which gives 304 only for messages', async () => {
    const body = Request.serialize(card);
    const { id } = paymentIn((await askBytes(url, { body })).bytes);
    for (const path of [`${url}/${id}`, `${url}?limit=1`, `${url}?ids=${id},no`]) {
      const types = [protobuf, 'application/json'] as const;
      const answers = await Promise.all(
        types.map((accept) => askBytes(path, { headers: { accept } })),
      );
      const tags = answers.map(({ headers }) => headers.get('etag') ?? '');
      expect(new Set(tags).size).toBe(2);
      for (const [at, accept] of types.entries()) {
        const statuses = await Promise.all(
          tags.map(async (tag) => {
            const headers = { accept, 'if-none-match': tag };
            const { status, bytes } = await askBytes(path, { headers });
            expect(bytes.length === 0).toBe(status === 304);
            return status;
          }),
        );
        expect(statuses).toEqual(at === 0 ? [304, 200] : [200, 304]);
      }
    }
  });
});

describe('the contract', () => {
  test('has the messages of every route that supports them', () => {
    // biome-ignore lint/suspicious/noExplicitAny: a document of many shapes
    const { paths } = openApi() as any;
    const without = new Set<CallName>();
    for (const route of routes) {
      const { path, method, operation, status } = route;
      const { responses, requestBody } = paths[path][method.toLowerCase()];
      const answered = responses[status].content[protobuf]?.['x-protobuf-messages'] ?? [];
      const taken = requestBody?.content[protobuf]?.['x-protobuf-messages'] ?? [];
      const { requestType, responseType } = methods[operation].definition;
      const takes = hasMessages(route) && method === 'POST';
      if (!hasMessages(route)) without.add(operation);
      else expect(answered).toContain(messageName(responseType));
      expect(taken).toEqual(takes ? [messageName(requestType)] : []);
    }
    expect([...without]).toEqual(['listEvents', 'createKey', 'revokeKey']);
  });

  test('is not loaded until a client requests a message', () => {
    const script = `
      import { createRequire } from 'node:module';
      for (const file of process.argv.slice(1)) await import(file);
      const loaded = Object.keys(createRequire(import.meta.filename ?? process.execPath).cache);
      console.log(loaded.some((path) => path.includes('proto-loader')));
    `;
    const loads = (...files: readonly string[]) =>
      execFileSync(process.execPath, [
        '--input-type=module',
        '-e',
        script,
        ...files.map((file) => new URL(`../../services/rest/${file}.ts`, import.meta.url).href),
      ])
        .toString()
        .trim();
    expect(loads('server', 'client')).toBe('false');
    expect(loads('protobuf')).toBe('true');
  });
});
