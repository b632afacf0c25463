import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Payment } from '../../services/core/payments/payment.ts';
import { type CallContender, callScenario } from './calls.ts';
import { paymentToCreate } from './payment-to-create.ts';
import { check, type Scenario, type Work } from './scenario.ts';
import { type CallWire, counted, labels, openClient, roomOf } from './wires.ts';

/** What two creations of the same payment cannot have in common. */
const withoutBirth = (payment: Payment) => ({ ...payment, id: '', createdAt: 0, updatedAt: 0 });

const creating =
  (wire: CallWire, isConstant: boolean): CallContender['work'] =>
  async (port, connections): Promise<Work> => {
    const { client, requests } = counted(await openClient(wire, port, { connections }));
    const create = (idempotencyKey: string) =>
      client.createPayment(paymentToCreate, { idempotencyKey });
    return {
      async call() {
        const payment = await create(randomUUID());
        const { amount, status, version } = payment;
        const isNew = amount === paymentToCreate.amount && version === 1;
        check(isNew && status === 'requires_confirmation', 'a payment that waits for confirmation');
      },
      async answer() {
        const key = randomUUID();
        const created = await create(key);
        check(isDeepStrictEqual(await create(key), created), 'the same answer to the same key');
        if (!isConstant) {
          const read = await client.getPayment({ id: created.id });
          check(isDeepStrictEqual(read, created), 'to read what was created');
          const other = await create(randomUUID());
          check(other.id !== created.id, 'another payment for another key');
        }
        return withoutBirth(created);
      },
      requests,
      close: () => client.close(),
    };
  };

const byAutocannon: Pick<CallContender, 'autocannon'> = {
  autocannon: ({ requests }) => ({
    request: requests.restCreate,
    headersOf: () => ({ 'idempotency-key': randomUUID() }),
  }),
};

const room = (wire: CallWire, more: Partial<CallContender> = {}): CallContender => ({
  name: wire,
  label: labels[wire],
  kind: 'room',
  wire,
  subject: { wires: [roomOf(wire)] },
  work: creating(wire, false),
  ...more,
});

/** (2) One payment is created, each under an idempotency key of its own. */
export const create: Scenario = callScenario({
  name: 'create',
  title: 'One payment created with an idempotency key',
  what: 'A payment is created: key, payment and event are durable before the answer.',
  baseline: 'rest',
  rounds: 3,
  plan: {
    inFlight: 64,
    connections: 64,
    warmUpMs: 1000,
    closedMs: 450,
    autocannonWarmUpMs: 1000,
    open: { perSecond: 500, durationMs: 500 },
    wireCalls: 30,
  },
  contenders: [
    room('rest', byAutocannon),
    room('rest', { ...byAutocannon, name: 'rest-again', label: 'REST again', kind: 'again' }),
    room('grpc'),
    room('graphql'),
    room('websocket'),
    room('rest', {
      ...byAutocannon,
      name: 'hono',
      label: 'bare hono',
      kind: 'control',
      subject: { control: 'hono' },
      work: creating('rest', true),
    }),
  ],
});
