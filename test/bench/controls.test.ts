import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Constants } from '../../bench/subject/controls/constant.ts';
import { type Subject, startControl } from '../../bench/subject/subject.ts';
import type { Client } from '../../services/core/client.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import { createGraphqlClient } from '../../services/graphql/client.ts';
import { createGrpcClient } from '../../services/grpc/client.ts';
import { createRestClient } from '../../services/rest/client.ts';
import { createWebsocketClient } from '../../services/websocket/client.ts';
import { encodePayment as encodeJson } from '../../services/wire/json.ts';
import { message } from '../../services/wire/protobuf/contract.ts';
import { encodePayment as encodeMessage } from '../../services/wire/protobuf/messages.ts';
import { adminKey, openHouse } from '../house.ts';

/** The two answers of every control. */
const payment: Payment = {
  id: 'pay_00000000000000000000000001',
  amount: 2 ** 33,
  amountCaptured: 2 ** 33,
  amountRefunded: 0,
  currency: 'GBP',
  status: 'succeeded',
  captureMethod: 'automatic',
  customer: null,
  paymentMethod: 'pm_card_ok',
  description: 'WHITE HANGING HEART T-LIGHT HOLDER',
  metadata: { order: '536365' },
  failure: null,
  createdAt: Date.UTC(2010, 11, 1, 8, 26),
  updatedAt: Date.UTC(2010, 11, 1, 8, 26, 0, 1),
  version: 2,
};
const created: Payment = { ...payment, id: 'pay_00000000000000000000000002', version: 1 };
const toCreate = { amount: 1999, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;

const bytesOf = (of: Payment): Buffer =>
  message('payments.v1.Payment').serialize(encodeMessage(of));
const { customer: customerId, ...inGraphql } = payment;
const graphqlPayment = {
  ...inGraphql,
  customerId,
  status: 'SUCCEEDED',
  captureMethod: 'AUTOMATIC',
  createdAt: new Date(payment.createdAt).toISOString(),
  updatedAt: new Date(payment.updatedAt).toISOString(),
};
const constants: Constants = {
  rest: JSON.stringify(encodeJson(payment)),
  restCreated: JSON.stringify(encodeJson(created)),
  graphql: { data: { result: graphqlPayment }, extensions: { requestId: 'r' } },
  grpc: {
    path: '/payments.v1.PaymentService/GetPayment',
    message: bytesOf(payment).toString('base64'),
    createPath: '/payments.v1.PaymentService/CreatePayment',
    created: bytesOf(created).toString('base64'),
  },
  websocket: {
    welcome: '{"type":"welcome","request_id":"r"}',
    result: JSON.stringify({ id: 'call-1', type: 'result', output: encodeJson(payment) }),
  },
};

const directory = mkdtempSync(join(tmpdir(), 'fivewire-controls-'));
const constantsPath = join(directory, 'constants.json');
beforeAll(() => writeFileSync(constantsPath, JSON.stringify(constants)));
afterAll(() => rmSync(directory, { recursive: true }));

type Open = (address: Subject['address']) => Promise<Client>;

const at = (port: number | undefined) => `http://127.0.0.1:${port}`;
const http1: Open = ({ http }) => createRestClient({ target: at(http) });
const grpc: Open = (address) => createGrpcClient({ target: `127.0.0.1:${address.grpc}` });
const openers: Readonly<Record<string, Open>> = {
  'node-http': http1,
  'node-http-protobuf': ({ http }) => createRestClient({ target: at(http), protobuf: true }),
  'node-http2': ({ http2 }) => createRestClient({ target: at(http2), http2: true }),
  'node-http2-protobuf': ({ http2 }) =>
    createRestClient({ target: at(http2), http2: true, protobuf: true }),
  'node-http-constant': http1,
  'node-http2-compat': ({ http2 }) => createRestClient({ target: at(http2), http2: true }),
  hono: http1,
  'grpc-js': grpc,
  'grpc-js-constant': grpc,
  'grpc-js-static': grpc,
  'connect-node': grpc,
  'node-http2-grpc': grpc,
};

async function withControl(name: string, use: (subject: Subject) => Promise<void>): Promise<void> {
  const subject = await startControl(name, constantsPath);
  try {
    await use(subject);
  } finally {
    await subject.stop();
  }
}

describe.each(Object.entries(openers))('the control %s', (name, open) => {
  test('gives the captured answers to the real client, and says so on its one port', () =>
    withControl(name, async ({ address }) => {
      const ports = [address.http, address.http2, address.grpc].filter((port) => port);
      expect(ports).toHaveLength(1);
      const client = await open(address);
      for (let again = 0; again < 2; again += 1) {
        expect(await client.getPayment({ id: payment.id })).toEqual(payment);
        const answer = client.createPayment(toCreate, { idempotencyKey: 'once' });
        expect(await answer).toEqual(created);
      }
      await client.close();
    }));
});

const graphql: Open = ({ http }) => createGraphqlClient({ target: at(http) });
const websocket: Open = ({ http }) =>
  createWebsocketClient({ target: `ws://127.0.0.1:${http}`, key: adminKey });
const readers: Readonly<Record<string, Open>> = {
  'graphql-constant': graphql,
  'graphql-json': graphql,
  'graphql-execute': graphql,
  'graphql-jit': graphql,
  yoga: graphql,
  ws: websocket,
  'ws-json': websocket,
};

describe.each(Object.entries(readers))('the control %s, which only reads', (name, open) => {
  test('gives the captured answer to the real client, again and again', () =>
    withControl(name, async ({ address }) => {
      const client = await open(address);
      for (let again = 0; again < 3; again += 1) {
        expect(await client.getPayment({ id: payment.id })).toEqual(payment);
      }
      await client.close();
    }));
});

describe('a control with an encoding', () => {
  test.each([
    ['node-http', 'application/json', constants.restCreated],
    ['node-http-protobuf', 'application/protobuf', bytesOf(created).toString()],
    ['hono', 'application/json', constants.restCreated],
  ])('%s answers its own type, and reads what it is sent', (name, type, expected) =>
    withControl(name, async ({ address }) => {
      const post = (body: BodyInit) =>
        fetch(`${at(address.http)}/v1/payments`, {
          method: 'POST',
          headers: { 'content-type': type },
          body,
        });
      const request = message('payments.v1.CreatePaymentRequest');
      const good = type === 'application/json' ? '{}' : request.serialize(toCreate);
      const answer = await post(good);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([201, type]);
      expect(await answer.text()).toBe(expected);
      // Bytes that are neither JSON nor a message: a control that did not decode would take them.
      const bad = await post(Buffer.from([0x10])).then(
        ({ status }) => status,
        () => 'gone',
      );
      expect(bad).not.toBe(201);
    }),
  );
});

const databasePath = join(directory, 'core.db');
const key = adminKey;
const withCore: Readonly<Record<string, Open>> = {
  'hono-core': ({ http }) => createRestClient({ target: at(http), key }),
  'grpc-js-core': ({ grpc: port }) => createGrpcClient({ target: `127.0.0.1:${port}`, key }),
  'graphql-core': ({ http }) => createGraphqlClient({ target: at(http), key }),
  'yoga-core': ({ http }) => createGraphqlClient({ target: at(http), key }),
  'ws-core': ({ http }) => createWebsocketClient({ target: `ws://127.0.0.1:${http}`, key }),
};

describe('a control with core in it', () => {
  let kept: Payment;
  beforeAll(async () => {
    const { core, close } = await openHouse(`sqlite:${databasePath}`);
    const caller = { credential: key, requestId: 'test', idempotencyKey: 'once' };
    kept = await core.invoke('createPayment', caller, toCreate);
    await close();
  });

  test.each(Object.entries(withCore))('%s reads from the store', async (name, open) => {
    const subject = await startControl(name, constantsPath, { databasePath });
    const client = await open(subject.address);
    expect(await client.getPayment({ id: kept.id })).toEqual(kept);
    await client.close();
    await subject.stop();
  });
});
