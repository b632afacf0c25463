import { readNewest } from '../subject/payments.ts';
import { callScenario } from '../trial/call-scenario.ts';
import { room } from '../trial/contenders.ts';
import { closed, warming } from '../trial/phases.ts';
import type { Workload } from '../trial/workload.ts';

const itemsOf = (page: unknown): unknown => (page as Awaited<ReturnType<typeof readNewest>>).items;

const page = (name: string, of: 'customerId' | 'heavyCustomerId', limit: number): Workload => ({
  name,
  perform: (client, fixtures) => readNewest(client, limit, fixtures[of]),
  comparable: itemsOf,
  wireCalls: 3,
});

/** From some 200 bytes to a megabyte, as JSON of REST. */
const workloads: readonly Workload[] = [
  {
    name: 'one refund',
    perform: (client, { refundId }) => client.getRefund({ id: refundId }),
    wireCalls: 3,
  },
  page('1 payment', 'customerId', 1),
  page('10 payments', 'customerId', 10),
  page('5 heavy payments', 'heavyCustomerId', 5),
  page('25 heavy payments', 'heavyCustomerId', 25),
  page('100 heavy payments', 'heavyCustomerId', 100),
];

const connections = 16;

/** Responses of the same kind, small and large. */
export const payload = callScenario({
  name: 'payload',
  title: 'Responses from 200 bytes to a megabyte',
  what: 'A refund, pages of payments, and pages of payments with ten kilobytes of metadata each.',
  baseline: 'rest',
  rounds: { quick: 1, normal: 0, full: 5 },
  contenders: [room('rest'), room('grpc'), room('graphql'), room('websocket')],
  workloads,
  phases: (loading) => [
    warming({ workload: '1 payment', connections }, 250, loading),
    warming({ workload: '10 payments', connections }, 250, loading),
    warming({ workload: '5 heavy payments', connections }, 150, loading),
    ...workloads.map(({ name: workload }) =>
      closed({ workload, connections }, connections, loading, { ms: 250, times: 2 }),
    ),
  ],
});
