import { type CallWire, labels } from '../result/wires.ts';
import { connectClient } from '../subject/clients.ts';
import {
  graphqlPersisted,
  grpcByEtag,
  type OpenReader,
  plain,
  restByEtag,
  restUnasked,
  unaskedMs,
} from '../trial/cached-readers.ts';
import { openCachedTrial, writesPerSecond } from '../trial/cached-trial.ts';
import { plainRoom } from '../trial/contenders.ts';
import type { Scenario } from '../trial/scenario.ts';

const contender = (wire: CallWire, name: string, way: string, openReader: OpenReader) => ({
  ...plainRoom(wire, { name, label: `${labels[wire]}, ${way}` }),
  openReader,
});

const contenders = [
  contender('rest', 'rest', 'GET', plain('rest')),
  contender('rest', 'rest-etag', 'ETag and 304', restByEtag),
  contender('rest', 'rest-unasked', `kept ${unaskedMs} ms unasked`, restUnasked),
  contender('graphql', 'graphql-post', 'POST', plain('graphql')),
  contender('graphql', 'graphql-persisted', 'GET, ETag and 304', graphqlPersisted),
  contender('grpc', 'grpc', 'plain', plain('grpc')),
  contender('grpc', 'grpc-etag', 'etag', grpcByEtag),
];

/** @throws Error if no contender has this name */
function contenderNamed(name: string) {
  const found = contenders.find((one) => one.name === name);
  if (!found) throw new Error(`Expected a contender of cached, got '${name}'.`);
  return found;
}

const warmUpPhase = 'warm-up';

/** The same payment is read again and again by a client that may cache. */
export const cached: Scenario = {
  name: 'cached',
  title: 'The same payment read again and again by a client that may cache',
  what: `Readers share one copy, while a writer changes the payment ${writesPerSecond} times a second. Bytes are those of a read while the payment does not change.`,
  baseline: 'rest',
  contenders,
  rounds: { quick: 1, normal: 3, full: 6 },
  mayBeCut: true,
  phases: ({ effort, durationMs }) => [
    {
      id: warmUpPhase,
      ms: { quick: 100, normal: 1200, full: 4000 }[effort],
      times: 1,
      together: 'warming',
    },
    {
      id: 'cached',
      ms: durationMs === undefined ? 250 : durationMs / 3,
      times: { quick: 1, normal: 3, full: 8 }[effort],
      isRetaken: true,
    },
  ],
  async reference(address, { refundableId: id }, { name }) {
    const reader = await contenderNamed(name).openReader(
      (wire) => connectClient(address, wire),
      id,
    );
    try {
      return (await reader.read(undefined)).kept.payment;
    } finally {
      await reader.close();
    }
  },
  open: (setup) => openCachedTrial(setup, contenderNamed(setup.contender), warmUpPhase),
};
