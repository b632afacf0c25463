import { questions } from './questions/index.ts';
import type { ScenarioName } from './scenarios/index.ts';
import { storageName } from './trial/plan.ts';

/**
 * The parts of `--full`, in the order in which they run: those that most readers ask for come
 * first. On a slow machine a part has fewer rounds, so that it stays within its minutes.
 */
const described = {
  board: { title: 'Read, create, event', minutes: 6 },
  screen: { title: 'A screen of many resources, over distance', minutes: 3 },
  curve: { title: 'Latency against load, and concurrency', minutes: 5 },
  attribution: { title: 'Where the CPU goes, on every wire', minutes: 8 },
  payload: { title: 'Small and large messages', minutes: 2 },
  caching: { title: 'Caches and validators', minutes: 2 },
  errors: { title: 'What an error costs', minutes: 2 },
  mixed: { title: 'A mix of calls, and a spike', minutes: 6 },
  http2: { title: 'HTTP/1.1 or HTTP/2', minutes: 4 },
  idle: { title: 'Memory of open connections', minutes: 2 },
  storage: { title: 'The store without a wire', minutes: 1 },
} as const;

export type PartName = keyof typeof described;

/** The one part that measures each scenario. */
const partOfScenario = {
  'point-read': 'board',
  create: 'board',
  curve: 'curve',
  attribution: 'attribution',
  'attribution-graphql': 'attribution',
  'attribution-websocket': 'attribution',
  'grpc-clients': 'attribution',
  payload: 'payload',
  screen: 'screen',
  events: 'board',
  cached: 'caching',
  errors: 'errors',
  idle: 'idle',
  mixed: 'mixed',
  http2: 'http2',
  [storageName]: 'storage',
} as const satisfies Readonly<Record<ScenarioName | typeof storageName, PartName>>;

/** A share of `--full`, with a result of its own. */
export interface Part {
  readonly name: PartName;
  readonly title: string;
  readonly minutes: number;
  readonly scenarios: readonly string[];
  /** Numbers of the questions that need one of its scenarios. */
  readonly questions: readonly number[];
}

// The keys of a constant are known.
export const partNames = (Object.keys(described) as PartName[]).filter((name) =>
  Object.values(partOfScenario).some((one) => one === name),
);

export const parts: readonly Part[] = partNames.map((name) => {
  const scenarios = Object.entries(partOfScenario).flatMap(([scenario, part]) =>
    part === name ? [scenario] : [],
  );
  return {
    name,
    ...described[name],
    scenarios,
    questions: questions
      .filter((question) => question.scenarios.some((one) => scenarios.includes(one)))
      .map(({ number }) => number),
  };
});
