import type { Client, Screen } from '../../services/core/client.ts';
import type { OperationName } from '../../services/core/operations.ts';
import { type Seed, unknown } from './seed.ts';

/** What the side-by-side page shows: the calls of each operation, with what each is to end in. */

/** `screen` is no operation: it is several of them, for one picture on a phone. */
export type Shown = OperationName | 'screen';

type Key = 'admin' | 'reader' | 'spent' | 'unknown';

interface Given {
  readonly client: Client & { getScreen?(customer: string): Promise<Screen> };
  readonly seed: Seed;
}

/** One call. Its name is `ok`, or the code of its error. */
export interface Case {
  readonly key?: Key;
  /** Happens on the server first, unseen. */
  readonly before?: (given: Given) => Promise<unknown>;
  readonly perform: (given: Given) => Promise<unknown>;
}

type Cases = Readonly<Record<string, Case>>;

/** A key as clients make it, with the length of a UUID. */
const idempotencyKey = '8a6e0804-2bd0-4672-b79d-d97027f9071a';
const once = { idempotencyKey };
const card = { currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;
const order = { ...card, amount: 1999, description: 'Order 1043', metadata: { basket: '7' } };

/** Errors that do not depend on the operation, for a call of it. */
const refusals = (perform: Case['perform']): Cases => ({
  unauthenticated: { key: 'unknown', perform },
  rate_limited: { key: 'spent', perform },
});

const read: Case['perform'] = ({ client, seed }) => client.getPayment({ id: seed.paid });
const create: Case['perform'] = ({ client, seed }) =>
  client.createPayment({ ...order, customer: seed.customer }, once);
const refund: Case['perform'] = ({ client, seed }) =>
  client.refundPayment({ payment: seed.paid, amount: 1500, reason: 'Broken' }, once);

const reads = {
  getPayment: {
    ok: { perform: read },
    not_found: { perform: ({ client }) => client.getPayment({ id: unknown.payment }) },
    ...refusals(read),
  },
  getPaymentsByIds: {
    ok: {
      perform: ({ client, seed }) => client.getPaymentsByIds({ ids: [seed.paid, unknown.payment] }),
    },
  },
  listPayments: {
    ok: {
      perform: ({ client, seed }) => client.listPayments({ customer: seed.customer, limit: 1 }),
    },
    validation_failed: {
      perform: ({ client }) => client.listPayments({ amountMin: -1, cursor: 'half' }),
    },
  },
  getRefund: {
    ok: { perform: ({ client, seed }) => client.getRefund({ id: seed.refund }) },
    not_found: { perform: ({ client }) => client.getRefund({ id: unknown.refund }) },
  },
  listRefunds: {
    ok: {
      perform: ({ client, seed }) => client.listRefunds({ payment: seed.partlyRefunded, limit: 2 }),
    },
  },
  getRefundsByPaymentIds: {
    ok: {
      perform: ({ client, seed }) =>
        client.getRefundsByPaymentIds({ payments: [seed.partlyRefunded, seed.paid] }),
    },
  },
  getCustomer: {
    ok: { perform: ({ client, seed }) => client.getCustomer({ id: seed.customer }) },
    not_found: { perform: ({ client }) => client.getCustomer({ id: unknown.customer }) },
  },
  getCustomersByIds: {
    ok: {
      perform: ({ client, seed }) =>
        client.getCustomersByIds({ ids: [seed.customer, unknown.customer] }),
    },
  },
  listCustomers: {
    ok: { perform: ({ client }) => client.listCustomers({ email: 'ada@example.com', limit: 2 }) },
  },
  listEvents: {
    ok: { perform: ({ client }) => client.listEvents({ types: ['refund.created'], limit: 2 }) },
  },
} satisfies Partial<Record<Shown, Cases>>;

const writes = {
  createPayment: {
    ok: { perform: create },
    validation_failed: {
      perform: ({ client }) =>
        client.createPayment({ ...card, amount: -5, customer: 'cus_1' }, once),
    },
    idempotency_key_missing: {
      perform: ({ client }) => client.createPayment({ ...card, amount: 1999 }),
    },
    idempotency_key_reused: {
      before: ({ client }) => client.createPayment({ ...card, amount: 1999 }, once),
      perform: ({ client }) => client.createPayment({ ...card, amount: 2999 }, once),
    },
    permission_denied: { key: 'reader', perform: create },
    ...refusals(create),
  },
  confirmPayment: {
    ok: { perform: ({ client, seed }) => client.confirmPayment({ id: seed.draft }, once) },
    invalid_state: {
      perform: ({ client, seed }) => client.confirmPayment({ id: seed.paid }, once),
    },
  },
  capturePayment: {
    ok: {
      perform: ({ client, seed }) => client.capturePayment({ id: seed.held, amount: 4000 }, once),
    },
    invalid_state: {
      perform: ({ client, seed }) => client.capturePayment({ id: seed.draft }, once),
    },
  },
  cancelPayment: {
    ok: { perform: ({ client, seed }) => client.cancelPayment({ id: seed.held }, once) },
    invalid_state: {
      perform: ({ client, seed }) => client.cancelPayment({ id: seed.paid }, once),
    },
  },
  refundPayment: {
    ok: { perform: refund },
    validation_failed: {
      perform: ({ client, seed }) => client.refundPayment({ payment: seed.paid, amount: 0 }, once),
    },
    not_found: {
      perform: ({ client }) => client.refundPayment({ payment: unknown.payment }, once),
    },
    refund_exceeds_payment: {
      perform: ({ client, seed }) =>
        client.refundPayment({ payment: seed.paid, amount: 999_900 }, once),
    },
    invalid_state: {
      perform: ({ client, seed }) => client.refundPayment({ payment: seed.draft }, once),
    },
    ...refusals(refund),
  },
  createCustomer: {
    ok: {
      perform: ({ client }) =>
        client.createCustomer({ name: 'Grace Hopper', email: 'grace@example.com' }, once),
    },
    validation_failed: {
      perform: ({ client }) => client.createCustomer({ name: '', email: 'grace' }, once),
    },
  },
  createKey: {
    ok: {
      perform: ({ client }) => client.createKey({ name: 'ci', scopes: ['payments:read'] }, once),
    },
    permission_denied: {
      key: 'reader',
      perform: ({ client }) => client.createKey({ name: 'ci', scopes: ['payments:read'] }, once),
    },
  },
  revokeKey: {
    ok: { perform: ({ client, seed }) => client.revokeKey({ id: seed.spareKey }, once) },
    not_found: { perform: ({ client }) => client.revokeKey({ id: unknown.key }, once) },
  },
} satisfies Partial<Record<Shown, Cases>>;

/** All in one answer where a wire can; otherwise one call a resource, in three. */
async function screen({ client, seed }: Given): Promise<unknown> {
  if (client.getScreen) return client.getScreen(seed.customer);
  const customer = await client.getCustomer({ id: seed.customer });
  const { items } = await client.listPayments({ customer: seed.customer, limit: 20 });
  return [customer, await client.getRefundsByPaymentIds({ payments: items.map(({ id }) => id) })];
}

/** Watches until the first event has come, which is caused by somebody else. */
const watch =
  (input: Parameters<Client['watchEvents']>[0]): Case['perform'] =>
  async ({ client }) => {
    const stream = await client.watchEvents(input, { signal: new AbortController().signal });
    for await (const event of stream) return event;
    return undefined;
  };

const events = watch({ after: 0, types: ['customer.created'] });

export const cases: Readonly<Record<Shown, Cases>> = {
  ...reads,
  ...writes,
  watchEvents: {
    ok: { perform: events },
    position_out_of_range: { perform: watch({ after: 1000 }) },
    ...refusals(events),
  },
  screen: { ok: { perform: screen } },
};
