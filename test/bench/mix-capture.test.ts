import { createServer, type IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createOne, readOne } from '../../bench/subject/payments.ts';
import { type MixOperation, type MixTarget, prepareMix } from '../../bench/trial/mix.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import { encodePayment } from '../../services/wire/json.ts';
import { allDiffer, listening } from './driver-fixture.ts';
import { nowhere } from './fake-subject.ts';

const payment: Payment = {
  id: 'pay_1',
  amount: 1999,
  amountCaptured: 1999,
  amountRefunded: 0,
  currency: 'GBP',
  status: 'succeeded',
  captureMethod: 'automatic',
  customer: null,
  paymentMethod: 'pm_card_ok',
  description: null,
  metadata: {},
  failure: null,
  createdAt: 0,
  updatedAt: 0,
  version: 1,
};

/** Answers reads with the payment that was asked for, and creates with another each time. */
async function startPayments() {
  const asked: string[] = [];
  const keys: string[] = [];
  const state = { amount: 1999, created: 0 };
  const answerTo = ({ method, url = '', headers }: IncomingMessage): Payment => {
    asked.push(`${method} ${url}`);
    if (method === 'GET') return { ...payment, id: url.slice(-5), amount: state.amount };
    keys.push(String(headers['idempotency-key']));
    state.created += 1;
    return { ...payment, id: `pay_new${state.created}` };
  };
  const http = await listening(
    createServer((request, response) => {
      response.writeHead(request.method === 'GET' ? 200 : 201, {
        'content-type': 'application/json',
      });
      response.end(JSON.stringify(encodePayment(answerTo(request))));
      request.resume();
    }),
  );
  return { http, asked, keys, state };
}

const often: MixTarget = { customer: 'cus_1', payment: 'pay_1' };
const rarely: MixTarget = { customer: 'cus_2', payment: 'pay_2' };

const read: MixOperation = {
  name: 'read',
  share: 0.7,
  perform: (client, target) => readOne(client, target.payment),
};
const both: MixOperation = {
  name: 'both',
  share: 0.2,
  perform: async (client, target) => {
    await readOne(client, target.payment);
    return readOne(client, rarely.payment);
  },
  stages: [1, 1],
};
const create: MixOperation = {
  name: 'create',
  share: 0.1,
  perform: (client, _target, key) => createOne(client, {}, key),
  fragments: ['pay_new'],
};

describe('the calls of a mix', () => {
  async function prepared(operations: readonly MixOperation[]) {
    const server = await startPayments();
    const on = { address: { ...nowhere, http: server.http }, wire: 'rest' } as const;
    const mix = await prepareMix(on, operations, () => [often, rarely, often], 2);
    onTestFinished(() => mix.close());
    const sendAll = async () => {
      for (const { calls } of mix.operations) for (const call of calls) await mix.send(call);
    };
    return { mix, sendAll, ...server };
  }

  test('are captured once a target, and there as often as the target is drawn', async () => {
    const { mix, asked } = await prepared([read]);
    expect(asked).toHaveLength(2);
    expect(mix.operations[0]?.calls).toHaveLength(3);
    expect(mix.operations[0]?.calls[0]).toBe(mix.operations[0]?.calls[2]);
  });

  test('send what the client sent, each write with a key of its own', async () => {
    const { sendAll, asked, keys } = await prepared([read, both, create]);
    const captured = new Set(asked);
    const before = asked.length;
    await sendAll();
    await sendAll();
    // Three reads, three times two reads, three creates: twice.
    expect(asked.length - before).toBe(2 * (3 + 6 + 3));
    expect(new Set(asked)).toEqual(captured);
    expect(keys).toHaveLength(2 + 2 * 3);
    expect(allDiffer(keys)).toBe(true);
  });

  test('fail if a response is another than that of their own target', async () => {
    const { sendAll, state } = await prepared([read]);
    await sendAll();
    state.amount = 2000;
    await expect(sendAll()).rejects.toThrow('Expected the response that the check knows');
  });

  test('are refused if an operation takes more requests than it says', async () => {
    const { stages: _, ...hidden } = both;
    await expect(prepared([hidden])).rejects.toThrow('as many requests as stages take, 1, not 2');
  });
});
