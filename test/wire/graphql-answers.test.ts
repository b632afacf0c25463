import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toPage } from '../../services/core/page.ts';
import { toConnection } from '../../services/graphql/connection.ts';
import { adminKey } from '../house.ts';
import { type GraphqlHouse, once, openGraphqlHouse, post, simple } from './graphql-room.ts';

/** Responses show the current state, are limited in size, and wait a limited time for readers. */

let room: GraphqlHouse;
beforeAll(async () => {
  room = await openGraphqlHouse();
});
afterAll(() => room.close());

test('a cursor is encoded once, and only if the document selects it', () => {
  const sealed: string[] = [];
  const page = toPage({ bytes: 0 }, [{ id: 'a' }, { id: 'b' }], 2, ({ id }) => {
    sealed.push(id);
    return `after ${id}`;
  });
  const { edges, pageInfo } = toConnection(page, {});
  expect(sealed).toEqual([]);
  const [first] = edges();
  expect([first?.cursor(), first?.cursor(), first?.cursor()]).toEqual(Array(3).fill('after a'));
  expect(sealed).toEqual(['a']);
  expect([pageInfo.startCursor(), pageInfo.startCursor()]).toEqual(['after a', 'after a']);
  expect(sealed).toEqual(['a', 'a']);
});

test('every error in a document is reported with its location', async () => {
  const { body } = await post(room.target, { query: '{\n  nope\n  payment(id: "x") { gone }\n}' });
  const reported = body.errors.map(({ message, locations }: { message: string; locations: [] }) => [
    message.slice(0, 25),
    locations,
  ]);
  expect(reported).toEqual([
    ['Cannot query field "nope"', [{ line: 2, column: 3 }]],
    ['Cannot query field "gone"', [{ line: 3, column: 22 }]],
  ]);
});

describe('after a mutation', () => {
  const refund = (alias: string, amount: number) => `${alias}: refundPayment(
    payment: $id, amount: ${amount}, idempotencyKey: "${alias}-${randomUUID()}"
  ) { ... on Refund { amount payment {
    amountRefunded status version refunds { nodes { amount } }
  } } }`;

  test('the following fields read the changed resource again', async () => {
    const { id } = await room.direct.createPayment({ ...simple, confirm: true }, once());
    const query = `mutation ($id: ID!) {
      ${refund('a', 100)} ${refund('b', 200)} ${refund('c', 700)}
    }`;
    const { a, b, c } = (await post(room.target, { query, variables: { id } })).body.data;
    const { amount: first } = a.payment.refunds.nodes[0];
    expect(first).toBe(100);
    expect(a.payment).toMatchObject({ amountRefunded: 100, status: 'PARTIALLY_REFUNDED' });
    expect(b.payment).toMatchObject({ amountRefunded: 300, status: 'PARTIALLY_REFUNDED' });
    expect(c.payment).toMatchObject({ amountRefunded: 1000, status: 'REFUNDED' });
    expect(c.payment.refunds.nodes).toHaveLength(3);
    expect(c.payment.version).toBe(a.payment.version + 2);
  });

  test('a response does not contradict itself', async () => {
    const { id } = await room.direct.createPayment(
      { ...simple, captureMethod: 'manual', confirm: true },
      once(),
    );
    const query = `mutation ($id: ID!) {
      capturePayment(id: $id, idempotencyKey: "${randomUUID()}") {
        ... on Payment { refunds { nodes { amount } } }
      }
      ${refund('a', 5)}
    }`;
    const { data } = (await post(room.target, { query, variables: { id } })).body;
    expect(data.capturePayment.refunds.nodes).toEqual([]);
    expect(data.a.payment).toMatchObject({
      amountRefunded: 5,
      refunds: { nodes: [{ amount: 5 }] },
    });
  });
});

describe('a response', () => {
  const metadata = Object.fromEntries(
    Array.from({ length: 50 }, (_none, i) => [`key${i}`, 'x'.repeat(500)]),
  );
  const aliases = (count: number) =>
    Array.from({ length: count }, (_none, i) => `a${i}: metadata`).join(' ');

  test('that is too large is replaced by an error with the limit, and the next request works', async () => {
    const small = await openGraphqlHouse({ answers: { maxAnswerBytes: 200_000 } });
    const { id } = await small.direct.createPayment({ ...simple, metadata }, once());
    const ask = (count: number) =>
      post(small.target, {
        query: `query ($id: ID!) { payment(id: $id) { ${aliases(count)} } }`,
        variables: { id },
      });
    expect((await ask(5)).body.errors).toBeUndefined();
    const { body, headers } = await ask(20);
    expect(body.data).toBeUndefined();
    expect(body.errors[0].message).toContain('at most 200000 bytes');
    expect(body.errors[0].extensions).toMatchObject({
      code: 'query_too_costly',
      requestId: headers.get('x-request-id'),
      metadata: { maxBytes: '200000' },
    });
    expect(small.house.records.at(-1)).toMatchObject({ code: 'query_too_costly' });
    expect((await ask(5)).body.errors).toBeUndefined();
    await small.close();
  });

  test('that the client does not read is held for a limited time until its connection is destroyed', async () => {
    const slow = await openGraphqlHouse({ answers: { readMs: 100 } });
    const { id } = await slow.direct.createPayment({ ...simple, metadata }, once());
    const server = createServer(slow.room.listener).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const connected = new Promise<Socket>((resolve) => server.once('connection', resolve));
    // It listens on TCP.
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1').pause();
    client.on('error', () => {});
    const query = `query ($id: ID!) { payment(id: $id) { ${aliases(28)} } }`;
    const body = JSON.stringify({ query, variables: { id } });
    const head = [
      'POST /graphql HTTP/1.1',
      'host: x',
      `authorization: Bearer ${adminKey}`,
      'content-type: application/json',
      `content-length: ${body.length}`,
    ];
    // The kernel buffers some unread bytes; the responses to several requests exceed its buffers.
    client.write(`${head.join('\r\n')}\r\n\r\n${body}`.repeat(12));
    const served = await connected;
    await new Promise((resolve) => served.once('close', resolve));
    expect(served.bytesWritten).toBeLessThan(12 * 28 * 25_000);
    client.destroy();
    server.close();
    await slow.close();
  });

  test('that cannot be encoded even as an error ends its connection without any content', async () => {
    const broken = await openGraphqlHouse({}, ({ core }) => ({
      ...core,
      refuse: () => Promise.reject(new Error('a secret')),
    }));
    const { port } = new URL(broken.target);
    const socket = connect(Number(port), '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    socket.write('GET /graphql?query={__typename} HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text).toBe('');
    await broken.close();
  });

  test('to a request that fails in the room itself is `internal` and logged', async () => {
    // JSON cannot represent what this core returns.
    const unwritable = { id: 'pay_x', metadata: { secret: 1n } };
    const broken = await openGraphqlHouse({}, ({ core }) => ({
      ...core,
      // A core of any other version of the contract.
      invoke: (async () => unwritable) as never,
    }));
    const query = '{ payment(id: "pay_x") { metadata } }';
    const { status, body, headers } = await post(broken.target, { query });
    expect(status).toBe(500);
    expect(body.errors[0].extensions).toEqual({
      code: 'internal',
      requestId: headers.get('x-request-id'),
      retryable: true,
    });
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(broken.house.records.at(-1)).toMatchObject({
      code: 'internal',
      requestId: headers.get('x-request-id'),
      cause: expect.any(TypeError),
    });
    await broken.close();
  });
});
