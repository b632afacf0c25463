import { labels, type WireName } from '../result/wires.ts';
import { plainRoom, subjectOf } from '../trial/contenders.ts';
import { measureIdle } from '../trial/idle-connections.ts';
import { nothingMeasured, type Scenario } from '../trial/scenario.ts';
import { singlePhaseTrial } from '../trial/single-phase-trial.ts';

const contender = (wire: WireName, way: string) =>
  plainRoom(wire, {
    label: `${labels[wire]}, ${way}`,
    // A fresh server: one that has worked has free memory, which hides what connections take.
    subject: { ...subjectOf(wire), id: `idle ${wire}` },
  });

const contenders = [
  contender('rest', 'kept alive'),
  contender('sse', 'stream'),
  contender('websocket', 'subscribed'),
  contender('grpc', 'stream'),
  contender('graphql', 'subscription'),
];

/** A connection is open, and nothing happens. */
export const idle: Scenario = {
  name: 'idle',
  title: 'Idle connections',
  what: 'Each client opens a connection and subscribes if the wire has streams; nothing is sent. The figure is resident memory of the server for each connection.',
  baseline: 'websocket',
  contenders,
  rounds: { quick: 1, normal: 0, full: 3 },
  phases: ({ effort }) => [
    { id: 'idle', ms: { quick: 900, normal: 2000, full: 8000 }[effort], times: 1 },
  ],
  reference: async () => undefined,
  open: async (setup) =>
    singlePhaseTrial(async () => {
      const wire = contenders.find(({ name }) => name === setup.contender)?.wire ?? 'rest';
      return { ...nothingMeasured, idle: await measureIdle(setup, wire) };
    }),
};
