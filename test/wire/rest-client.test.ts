import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createInProcessClient } from '../../services/core/client.ts';
import { PaymentsError } from '../../services/core/errors.ts';
import type { Event } from '../../services/core/events/event.ts';
import { createRestClient, type RestClient } from '../../services/rest/client.ts';
import { adminKey } from '../house.ts';
import { freshKey, openRestServer, type RestServer } from './rest-server.ts';

let server: RestServer;
beforeAll(async () => {
  server = await openRestServer();
});
afterAll(() => server.close());

const card = { amount: 1000, currency: 'GBP', paymentMethod: 'pm_card_ok', confirm: true } as const;
const once = () => ({ idempotencyKey: freshKey() });

const failure = async (call: Promise<unknown>): Promise<unknown> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PaymentsError)) return error;
  const { code, message, details } = error;
  return { code, message, details };
};

describe.each([
  ['HTTP/1.1', false],
  ['HTTP/2', true],
])('the REST client over %s', (_name, http2) => {
  let client: RestClient;
  beforeAll(async () => {
    const target = http2 ? server.http2 : server.http1;
    client = await createRestClient({ target, key: adminKey, connections: 2, http2, pollMs: 10 });
  });
  afterAll(() => client.close());
  const inProcess = () => createInProcessClient(server.house.core, adminKey);

  test('returns what the core returns, field by field', async () => {
    const customer = await client.createCustomer({ name: 'Ada' }, once());
    const payment = await client.createPayment({ ...card, customer: customer.id }, once());
    const refund = await client.refundPayment({ payment: payment.id, amount: 1 }, once());
    const core = inProcess();
    const reads = [
      [client.getCustomer({ id: customer.id }), core.getCustomer({ id: customer.id })],
      [client.getPayment({ id: payment.id }), core.getPayment({ id: payment.id })],
      [client.getRefund({ id: refund.id }), core.getRefund({ id: refund.id })],
      [client.listPayments({ limit: 1 }), core.listPayments({ limit: 1 })],
      [client.listRefunds({ payment: payment.id }), core.listRefunds({ payment: payment.id })],
      [
        client.getPaymentsByIds({ ids: [payment.id, 'no'] }),
        core.getPaymentsByIds({ ids: [payment.id, 'no'] }),
      ],
      [
        client.getRefundsByPaymentIds({ payments: [payment.id] }),
        core.getRefundsByPaymentIds({ payments: [payment.id] }),
      ],
      [client.listEvents({ limit: 3 }), core.listEvents({ limit: 3 })],
      [
        client.listPayments({ createdFrom: payment.createdAt, status: 'partially_refunded' }),
        core.listPayments({ createdFrom: payment.createdAt, status: 'partially_refunded' }),
      ],
    ];
    for (const [ours, theirs] of reads) expect(await ours).toEqual(await theirs);
  });

  test('fails with the errors and violations of the core', async () => {
    const core = inProcess();
    const calls: readonly ((of: typeof core) => Promise<unknown>)[] = [
      (of) => of.getPayment({ id: 'nope' }),
      (of) => of.getPaymentsByIds({ ids: [] }),
      (of) => of.listPayments({ limit: 0, createdFrom: -1 }),
      (of) => of.createPayment({ ...card, amount: 0, captureMethod: 'x' as 'manual' }, once()),
      (of) => of.createPayment(card),
      (of) => of.createPayment(null as unknown as typeof card, once()),
      (of) => of.createPayment({ ...card, paymentMethod: 'pm_card_unavailable' }, once()),
    ];
    // Lists of allowed values are the core's own, in its own words; a wire has them in the message.
    const comparable = (error: unknown) =>
      JSON.parse(JSON.stringify(error).replace(/pay_\w{26}/g, 'pay_'), (name, value) =>
        name === 'options' || name === 'got' ? undefined : value,
      );
    for (const call of calls) {
      const [ours, theirs] = [await failure(call(client)), await failure(call(core))];
      expect(comparable(ours)).toEqual(comparable(theirs));
    }
  });

  test('reads a payment again only if it has changed', async () => {
    const payment = await client.createPayment(card, once());
    const first = await client.getPaymentConditionally(payment.id);
    expect(first.payment).toEqual(payment);
    const second = await client.getPaymentConditionally(payment.id, first.etag);
    expect(second).toEqual({ etag: first.etag, payment: undefined });
    await client.refundPayment({ payment: payment.id }, once());
    const third = await client.getPaymentConditionally(payment.id, first.etag);
    expect(third.payment?.status).toBe('refunded');
    expect(await failure(client.getPaymentConditionally('nope'))).toMatchObject({
      code: 'not_found',
    });
  });

  test('reads a screen in one request', async () => {
    const customer = await client.createCustomer({ name: 'Screen' }, once());
    const payment = await client.createPayment({ ...card, customer: customer.id }, once());
    const refund = await client.refundPayment({ payment: payment.id, amount: 2 }, once());
    expect(await client.getScreen(customer.id)).toEqual({
      customer,
      payments: [await client.getPayment({ id: payment.id })],
      refunds: [[refund]],
    });
  });

  test('watches events by polling, from now or from a sequence, without a gap', async () => {
    for (let i = 0; i < 3; i += 1) await client.createPayment(card, once());
    const end = new AbortController();
    const events = await client.watchEvents({}, { signal: end.signal });
    const payment = await client.createPayment(card, once());
    const seen: Event[] = [];
    for await (const event of events) {
      seen.push(event);
      if (seen.length === 2) await client.refundPayment({ payment: payment.id }, once());
      if (seen.length === 4) end.abort();
    }
    expect(seen.map(({ type }) => type)).toEqual([
      'payment.created',
      'payment.succeeded',
      'refund.created',
      'payment.refunded',
    ]);
    const [first] = seen;
    const resumed = new AbortController();
    const types = ['payment.refunded'] as const;
    const after = first?.sequence ?? 0;
    for await (const event of await client.watchEvents(
      { after, types: [...types] },
      { signal: resumed.signal },
    )) {
      expect(event).toEqual(seen[3]);
      resumed.abort();
    }
  });

  test('fails at once if it may not watch events', async () => {
    const target = http2 ? server.http2 : server.http1;
    const stranger = await createRestClient({ target, key: 'sk_test_no', http2 });
    const { signal } = new AbortController();
    for (const after of [undefined, 0]) {
      const input = after === undefined ? {} : { after };
      expect(await failure(stranger.watchEvents(input, { signal }))).toMatchObject({
        code: 'unauthenticated',
      });
    }
    await stranger.close();
  });

  test('ends a call when its signal aborts', async () => {
    const signal = AbortSignal.timeout(30);
    const slow = client.createPayment(
      { ...card, paymentMethod: 'pm_card_timeout' },
      { ...once(), signal },
    );
    await expect(slow).rejects.toThrow(/timeout|aborted/i);
  });

  test('reports an unreachable server and a cut connection', async () => {
    const cutter = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => cutter.listen(0, '127.0.0.1', resolve));
    // It listens on TCP.
    const { port } = cutter.address() as AddressInfo;
    const target = `http://127.0.0.1:${port}`;
    const cut = await createRestClient({ target, key: adminKey, http2 });
    const call = () => failure(cut.getPayment({ id: 'pay_1' }));
    expect(String(await call())).toContain(`Error: Expected an answer from ${target}`);
    await new Promise((resolve) => cutter.close(resolve));
    expect(String(await call())).toContain(`Error: Expected an answer from ${target}`);
    await cut.close();
  });
});
