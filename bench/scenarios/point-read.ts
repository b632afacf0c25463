import { type CallContender, callScenario } from './calls.ts';
import { check, type Scenario, type Work } from './scenario.ts';
import { type CallWire, counted, labels, openClient, roomOf } from './wires.ts';

const reading =
  (wire: CallWire): CallContender['work'] =>
  async (port, connections, { paymentId }): Promise<Work> => {
    const { client, requests } = counted(await openClient(wire, port, { connections }));
    return {
      async call() {
        const payment = await client.getPayment({ id: paymentId });
        check(payment.id === paymentId && payment.amount > 0, `the payment ${paymentId}`);
      },
      answer: () => client.getPayment({ id: paymentId }),
      requests,
      close: () => client.close(),
    };
  };

const room = (wire: CallWire, more: Partial<CallContender> = {}): CallContender => ({
  name: wire,
  label: labels[wire],
  kind: 'room',
  wire,
  subject: { wires: [roomOf(wire)] },
  work: reading(wire),
  ...more,
});

const control = (
  name: string,
  label: string,
  wire: CallWire,
  more: Partial<CallContender> = {},
): CallContender =>
  room(wire, { name, label, kind: 'control', subject: { control: name }, ...more });

const restByAutocannon: Pick<CallContender, 'autocannon'> = {
  autocannon: ({ requests, restReadBody }) => ({
    request: requests.restRead,
    expectBody: restReadBody,
  }),
};
const graphqlByAutocannon: Pick<CallContender, 'autocannon'> = {
  autocannon: ({ requests }) => ({ request: requests.graphqlRead }),
};

/** (1) One payment is read. */
export const pointRead: Scenario = callScenario({
  name: 'point-read',
  title: 'One payment read',
  what: 'One payment is read by its id, with key, scope, limiter and validation.',
  baseline: 'rest',
  rounds: 3,
  plan: {
    inFlight: 16,
    connections: 16,
    warmUpMs: 1500,
    closedMs: 450,
    autocannonWarmUpMs: 1800,
    open: { perSecond: 1000, durationMs: 450 },
    wireCalls: 50,
  },
  contenders: [
    room('rest', restByAutocannon),
    room('rest', { ...restByAutocannon, name: 'rest-again', label: 'REST again', kind: 'again' }),
    room('rest-http2', { rounds: 1 }),
    room('grpc'),
    room('graphql', graphqlByAutocannon),
    room('websocket'),
    control('node-http', 'bare node:http', 'rest', { rounds: 1 }),
    control('hono', 'bare hono', 'rest', restByAutocannon),
    control('grpc-js', 'bare grpc-js', 'grpc'),
    control('graphql-execute', 'bare graphql', 'graphql', graphqlByAutocannon),
    control('yoga', 'bare yoga', 'graphql', { rounds: 1 }),
    control('ws', 'bare ws', 'websocket'),
  ],
});
