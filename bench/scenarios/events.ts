import { plainRoom } from '../trial/contenders.ts';
import { eventsPerSecond, measureDelivery, pollMs } from '../trial/delivery.ts';
import { type Contender, nothingMeasured, type Scenario } from '../trial/scenario.ts';
import { singlePhaseTrial } from '../trial/single-phase-trial.ts';

const watchers = 8;
const nobody = plainRoom('rest', { name: 'nobody', label: 'nobody watching', kind: 'control' });

// Events are published over REST, whatever wire carries them to the watchers.
const contenders: readonly Contender[] = [
  plainRoom('sse'),
  plainRoom('sse', { name: 'sse-again', label: 'SSE again', kind: 'again' }),
  plainRoom('websocket'),
  plainRoom('grpc'),
  plainRoom('graphql', { label: 'GraphQL subscription' }),
  plainRoom('rest', { label: `REST, polling every ${pollMs} ms` }),
  nobody,
];

/** An event is delivered. */
export const events: Scenario = {
  name: 'events',
  title: 'An event delivered',
  what: `${eventsPerSecond} payments a second are created over REST; each of ${watchers} watchers gets an event for each. The delay counts from the intended start of the creation.`,
  baseline: 'sse',
  contenders,
  rounds: { quick: 1, normal: 4, full: 8 },
  phases: ({ effort, durationMs }) => [
    { id: 'events', ms: durationMs ?? { quick: 300, normal: 700, full: 3000 }[effort], times: 1 },
  ],
  reference: async () => undefined,
  open: async (setup) =>
    singlePhaseTrial(async (durationMs) => {
      const { wire, name } = contenders.find((one) => one.name === setup.contender) ?? nobody;
      const count = name === nobody.name ? 0 : watchers;
      const delivery = await measureDelivery(setup, { wire, count, durationMs });
      return { ...nothingMeasured, delivery };
    }),
};
