import type { Client, Screen } from '../../services/core/client.ts';
import { type CallWire, labels } from '../result/wires.ts';
import type { SubjectClients } from '../subject/clients.ts';
import { readNewest } from '../subject/payments.ts';
import { callScenario } from '../trial/call-scenario.ts';
import type { CallContender } from '../trial/call-sources.ts';
import { room, subjectOf } from '../trial/contenders.ts';
import { closed, settling, waiting, warming } from '../trial/phases.ts';
import { check } from '../trial/scenario.ts';
import type { Workload } from '../trial/workload.ts';

const limit = 20;

/** One call per resource, all at once unless one needs another's result. */
async function screenByCalls(client: Client, id: string): Promise<Screen> {
  const [customer, { items: payments }] = await Promise.all([
    client.getCustomer({ id }),
    readNewest(client, limit, id),
  ]);
  const lists = await Promise.all(
    payments.map((payment) => client.listRefunds({ payment: payment.id, limit })),
  );
  return { customer, payments, refunds: lists.map(({ items }) => items) };
}

/** Three calls, whatever the number of payments: two at once, and one that needs their result. */
export async function screenByBatch(client: Client, id: string): Promise<Screen> {
  const [customer, { items: payments }] = await Promise.all([
    client.getCustomer({ id }),
    readNewest(client, limit, id),
  ]);
  const ids = payments.map((payment) => payment.id);
  const pages = await client.getRefundsByPaymentIds({ payments: ids });
  return { customer, payments, refunds: pages.map(({ items }) => items) };
}

function contender<Wire extends CallWire>(
  wire: Wire,
  more: { readonly name: string; readonly way: string; readonly env?: Record<string, string> },
  load: (client: SubjectClients[Wire], customerId: string) => Promise<Screen>,
): CallContender {
  const workload: Workload = {
    name: 'screen',
    async perform(client, { customerId }) {
      // The client is that of the contender's own wire.
      const screen = await load(client as SubjectClients[Wire], customerId);
      const { customer, payments, refunds } = screen;
      const whole = payments.length === limit && refunds.length === limit;
      check(whole && customer.id === customerId, `a customer with ${limit} payments`);
      return screen;
    },
    wireCalls: 10,
  };
  return room(wire, {
    name: more.name,
    label: `${labels[wire]}, ${more.way}`,
    subject: more.env ? { ...subjectOf(wire), id: more.name, env: more.env } : subjectOf(wire),
    driver: 'client',
    workloads: [workload],
  });
}

/** A browser opens six connections to a server over HTTP/1.1; so does the bench on every wire. */
const connections = 6;
/** Round trips: the same machine, the same building, the same city, a continent, an ocean. */
const distances = { quick: [0, 50], normal: [0, 50], full: [0, 1, 10, 50, 150] } as const;
/** From this round trip on, a screen waits for the distance and hardly for a core. */
const waitsFromMs = 10;
/** Screens of the slowest way at a distance, in one step. */
const screensInStep = 5;
const tripsOfSlowest = 7;

/** One screen: a customer with the last 20 payments and the refunds of each. */
export const screen = callScenario({
  name: 'screen',
  title: 'One screen: a customer, the last 20 payments, the refunds of each',
  what: 'Everything that one screen shows, for one user at a time. Calls that do not need each other are sent at once.',
  baseline: 'rest-chatty',
  rounds: { quick: 1, normal: 3, full: 8 },
  contenders: [
    contender('rest', { name: 'rest-chatty', way: 'chatty' }, screenByCalls),
    contender('rest', { name: 'rest-expand', way: '`expand`' }, (client, id) =>
      client.getScreen(id),
    ),
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
  workloads: [],
  phases(loading) {
    const where = { workload: 'screen', connections };
    const rttsMs: readonly number[] = loading.rttsMs ?? distances[loading.effort];
    return [
      warming(where, 600, loading),
      settling(where, 300, loading),
      ...rttsMs.map((rttMs) => {
        const at = { ...where, rttMs };
        if (rttMs < waitsFromMs) return closed(at, 1, loading, { ms: 250, times: 3 });
        const ms = Math.max(500, screensInStep * tripsOfSlowest * rttMs);
        return waiting(closed(at, 1, loading, { ms, times: 1 }));
      }),
    ];
  },
});
