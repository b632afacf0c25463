import type { Client } from '../../services/core/client.ts';
import type { Screen } from '../../services/rest/client.ts';
import { type CallContender, callScenario } from './calls.ts';
import { check, type Scenario } from './scenario.ts';
import { type CallWire, type Clients, counted, labels, openClient, roomOf } from './wires.ts';

const limit = 20;

/** One call a resource, all at once where one does not need another's answer. */
async function screenByCalls(client: Client, id: string): Promise<Screen> {
  const [customer, { items: payments }] = await Promise.all([
    client.getCustomer({ id }),
    client.listPayments({ customer: id, limit }),
  ]);
  const lists = await Promise.all(
    payments.map((payment) => client.listRefunds({ payment: payment.id, limit })),
  );
  return { customer, payments, refunds: lists.map(({ items }) => items) };
}

/** Three calls, whatever the number of payments. */
async function screenByBatch(client: Client, id: string): Promise<Screen> {
  const [customer, { items: payments }] = await Promise.all([
    client.getCustomer({ id }),
    client.listPayments({ customer: id, limit }),
  ]);
  const ids = payments.map((payment) => payment.id);
  return { customer, payments, refunds: await client.getRefundsByPaymentIds({ payments: ids }) };
}

function contender<Wire extends CallWire>(
  wire: Wire,
  more: { readonly name: string; readonly way: string; readonly env?: Record<string, string> },
  load: (client: Clients[Wire], customerId: string) => Promise<Screen>,
): CallContender {
  return {
    name: more.name,
    label: `${labels[wire]}, ${more.way}`,
    kind: 'room',
    wire,
    subject: { wires: [roomOf(wire)], ...(more.env && { env: more.env }) },
    async work(port, connections, { customerId }) {
      const { client, requests } = counted(await openClient(wire, port, { connections }));
      return {
        async call() {
          const { customer, payments, refunds } = await load(client, customerId);
          const whole = payments.length === limit && refunds.length === limit;
          check(whole && customer.id === customerId, `a customer with ${limit} payments`);
        },
        answer: () => load(client, customerId),
        requests,
        close: () => client.close(),
      };
    },
  };
}

/** (3) One screen: a customer with the last 20 payments and the refunds of each. */
export const screen: Scenario = callScenario({
  name: 'screen',
  title: 'One screen: a customer, the last 20 payments, the refunds of each',
  what: 'All that one screen shows; calls that do not wait for each other are sent at once.',
  baseline: 'rest-chatty',
  rounds: 3,
  plan: {
    inFlight: 4,
    connections: 8,
    warmUpMs: 600,
    closedMs: 350,
    autocannonWarmUpMs: 0,
    wireCalls: 20,
  },
  contenders: [
    contender('rest', { name: 'rest-chatty', way: 'chatty' }, screenByCalls),
    contender('rest', { name: 'rest-expand', way: '`expand`' }, (client, id) =>
      client.getScreen(id),
    ),
    contender('grpc', { name: 'grpc-calls', way: 'calls' }, screenByCalls),
    contender('grpc', { name: 'grpc-batch', way: 'batch' }, screenByBatch),
    contender(
      'graphql',
      { name: 'graphql-naive', way: 'naive', env: { GRAPHQL_LOADERS: '0' } },
      (client, id) => client.getScreen(id),
    ),
    contender('graphql', { name: 'graphql-loaders', way: 'DataLoader' }, (client, id) =>
      client.getScreen(id),
    ),
  ],
});
