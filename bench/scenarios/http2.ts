import { readOne } from '../subject/payments.ts';
import { callScenario } from '../trial/call-scenario.ts';
import { control, restAgain, room } from '../trial/contenders.ts';
import { closed, open, warming } from '../trial/phases.ts';
import type { Workload } from '../trial/workload.ts';
import { readPayment } from '../trial/workloads.ts';

const atOnce = 50;

/** A page that reads 50 payments at once, and is there when all have come. */
export const pageOfReads: Workload = {
  name: 'page of 50 reads',
  perform: (client, { paymentId }) =>
    Promise.all(Array.from({ length: atOnce }, () => readOne(client, paymentId))),
  atOnce,
  wireCalls: 2,
};

/** What a browser opens to a server: six connections over HTTP/1.1, one over HTTP/2. */
export const connectionsOf = { http1: 6, http2: 1 } as const;

const page = pageOfReads.name;
const read = readPayment.name;
const readsPerSecond = 1000;
const distances = [0, 1, 10, 50];
/** Contenders are compared at this number of connections first, and then at the other. */
const usual = connectionsOf.http1;

/** REST over both versions, in the room and in the library under it. */
export const http2 = callScenario({
  name: 'http2',
  title: 'HTTP/1.1 or HTTP/2: 50 reads at once, and one',
  what: 'A page is there when 50 reads of a payment, sent at once, have all been answered: over one connection and over six, at each distance.',
  baseline: 'rest',
  rounds: { quick: 1, normal: 0, full: 3 },
  contenders: [
    room('rest', { label: 'REST, HTTP/1.1' }),
    restAgain,
    room('rest-http2'),
    control('node-http', 'bare node:http', 'rest'),
    control('node-http2', 'bare node:http2, stream API', 'rest-http2'),
    control('node-http2-compat', 'bare node:http2, compatibility API', 'rest-http2'),
  ],
  workloads: [readPayment, pageOfReads],
  phases(loading) {
    const { connections = usual, effort } = loading;
    const far = effort === 'quick' ? [0, 10] : distances;
    const pages = (rttMs: number, many: number) =>
      // Fifty reads one after the other, over one connection of HTTP/1.1, take fifty round trips.
      closed({ workload: page, connections: many, rttMs }, 1, loading, {
        ms: Math.max(150, (many === 1 ? 15 : 10) * rttMs),
        times: 1,
      });
    return [
      warming({ workload: read, connections }, 800, loading),
      warming({ workload: page, connections }, 400, loading),
      ...(loading.rttsMs ?? far).flatMap((rttMs) => [
        pages(rttMs, connections),
        pages(rttMs, connectionsOf.http2),
      ]),
      ...[connections, connectionsOf.http2].flatMap((many) => [
        closed({ workload: read, connections: many }, 1, loading, { ms: 150, times: 1 }),
        open({ workload: read, connections: many }, readsPerSecond, loading, { ms: 250, times: 2 }),
      ]),
    ];
  },
});
