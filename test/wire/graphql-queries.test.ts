import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../services/core/operations.ts';
import { defaultPageSize } from '../../services/core/page.ts';
import { createPaymentsSchema } from '../../services/graphql/schema.ts';
import { type GraphqlHouse, once, openGraphqlHouse, post, simple } from './graphql-room.ts';

/** The database queries of a document, and the costs that the schema declares. */

let room: GraphqlHouse;
beforeAll(async () => {
  room = await openGraphqlHouse();
});
afterAll(() => room.close());

describe('the number of database queries', () => {
  const screenOf = async (house: GraphqlHouse) => {
    const { id: customer } = await house.direct.createCustomer({ name: 'Screen' }, once());
    for (let i = 0; i < 20; i += 1) {
      const payment = await house.direct.createPayment(
        { ...simple, customer, confirm: true },
        once(),
      );
      if (i % 2 === 0) {
        await house.direct.refundPayment({ payment: payment.id, amount: 1 }, once());
      }
    }
    await house.client.getScreen(customer);
    const before = house.house.store.queryCount;
    const screen = await house.client.getScreen(customer);
    return { screen, queries: house.house.store.queryCount - before, customer };
  };

  test('is three for the screen with loaders, and one per payment and two more without', async () => {
    const batched = await screenOf(room);
    expect(batched.queries).toBe(3);
    expect(batched.screen.payments).toHaveLength(20);
    expect(batched.screen.refunds.map((list) => list.length).sort()).toEqual(
      Array.from({ length: 20 }, (_, i) => (i < 10 ? 0 : 1)),
    );
    expect(batched.screen.payments).toEqual(
      (await room.direct.listPayments({ customer: batched.customer })).items,
    );
    expect(batched.screen.customer).toEqual(
      await room.direct.getCustomer({ id: batched.customer }),
    );
    const naive = await openGraphqlHouse({ loaders: false });
    expect((await screenOf(naive)).queries).toBe(22);
    await naive.close();
  });

  test('is one for a payment and one more for its customer, even if this is selected twice', async () => {
    const { id: customer } = await room.direct.createCustomer({ name: 'Once' }, once());
    const { id } = await room.direct.createPayment({ ...simple, customer }, once());
    const queriesOf = async (query: string) => {
      const before = room.house.store.queryCount;
      await post(room.target, { query, variables: { id } });
      return room.house.store.queryCount - before;
    };
    expect(await queriesOf('query ($id: ID!) { payment(id: $id) { id } }')).toBe(1);
    const twice = `query ($id: ID!) {
      payment(id: $id) { id a: customer { id } b: customer { payments { nodes { customer { id } } } } }
    }`;
    expect(await queriesOf(twice)).toBe(3);
  });
});

describe('the schema', () => {
  const schema = createPaymentsSchema();
  const costOf = (field: { astNode?: unknown }) =>
    JSON.stringify(field.astNode).match(/"cost".*?"value":"([\d.]+)"/)?.[1];

  test('has the same cost in tokens for each operation as the core', () => {
    const priced = {
      payment: 'getPayment',
      paymentsByIds: 'getPaymentsByIds',
      payments: 'listPayments',
      refund: 'getRefund',
      refunds: 'listRefunds',
      refundsByPaymentIds: 'getRefundsByPaymentIds',
      customer: 'getCustomer',
      customersByIds: 'getCustomersByIds',
      customers: 'listCustomers',
      events: 'listEvents',
      node: 'getPayment',
    } as const;
    const queries = schema.getQueryType()?.getFields() ?? {};
    expect(Object.keys(queries).sort()).toEqual(Object.keys(priced).sort());
    for (const [field, name] of Object.entries(priced)) {
      expect([field, Number(costOf(queries[field] ?? {}))]).toEqual([
        field,
        operations[name].tokens,
      ]);
    }
    for (const [name, field] of Object.entries(schema.getMutationType()?.getFields() ?? {})) {
      const { tokens } = operations[name as keyof typeof operations];
      expect([name, Number(costOf(field))]).toEqual([name, tokens]);
    }
  });

  test('has a cost for every type that can be listed, and the default page size of the core', () => {
    for (const name of ['Payment', 'Refund', 'Customer', 'Event']) {
      expect(Number(costOf(schema.getType(name) ?? {}))).toBeGreaterThan(0);
    }
    const payments = schema.getQueryType()?.getFields().payments;
    const first = payments?.args.find(({ name }) => name === 'first');
    expect(JSON.stringify(first?.astNode?.defaultValue)).toContain(`"${defaultPageSize}"`);
  });
});
