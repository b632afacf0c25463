import { callScenario } from '../trial/call-scenario.ts';
import type { CallContender } from '../trial/call-sources.ts';
import { room, subjectOf } from '../trial/contenders.ts';
import { closed, open, settling, warming } from '../trial/phases.ts';
import { readPayment } from '../trial/workloads.ts';

// Each is loaded when it is opened, so that a generator loads the library of one client only.
const openStatic: CallContender['openCaller'] = async (...to) => {
  const { openStaticClient } = await import('../subject/grpc-clients/static-messages.ts');
  return openStaticClient(...to);
};
const openConnect: CallContender['openCaller'] = async (...to) => {
  const { openConnectClient } = await import('../subject/grpc-clients/connect-node.ts');
  return openConnectClient(...to);
};
const openHttp2: CallContender['openCaller'] = async (...to) => {
  const { openHttp2Client } = await import('../subject/grpc-clients/node-http2.ts');
  return openHttp2Client(...to);
};

/** Each has a server and a load generator of its own: a generator runs one client's code. */
const client = (
  name: string,
  label: string,
  openCaller?: CallContender['openCaller'],
): CallContender =>
  room('grpc', {
    name,
    label,
    driver: 'client',
    subject: { ...subjectOf('grpc'), id: `rest+grpc, called by ${name}` },
    ...(openCaller && { openCaller }),
  });

/** One read of the same gRPC room by several clients: CPU of client and server apart. */
export const grpcClients = callScenario({
  name: 'grpc-clients',
  title: "gRPC's clients",
  what: 'The same read of the same gRPC server, by one process of each client.',
  baseline: 'grpc-js',
  rounds: { quick: 1, normal: 0, full: 5 },
  contenders: [
    client('grpc-js', 'grpc-js with proto-loader'),
    client('grpc-js-static', 'grpc-js with static messages', openStatic),
    client('connect-node', 'connect-node', openConnect),
    client('node-http2', 'node:http2 with static messages', openHttp2),
    room('grpc', {
      name: 'lean',
      label: 'lean driver, bytes encoded beforehand',
      subject: { ...subjectOf('grpc'), id: 'rest+grpc, called by lean' },
    }),
  ],
  workloads: [readPayment],
  phases(loading) {
    const { connections = 16 } = loading;
    const where = { workload: readPayment.name, connections };
    const steps = { ms: 250, times: 2 };
    return [
      warming(where, 2500, loading),
      settling(where, 500, loading),
      closed(where, connections, loading, steps),
      open(where, 'equal', loading, steps),
    ];
  },
});
