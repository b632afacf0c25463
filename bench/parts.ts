import { questions } from './questions/index.ts';
import type { ScenarioName } from './scenarios/index.ts';
import { storageName } from './trial/plan.ts';

/** What `--full` consists of, in its order: what most readers ask for comes first. */
const titles = {
  board: 'Read, create, event',
  screen: 'A screen of many resources, over distance',
  curve: 'Latency against load, and concurrency',
  attribution: 'Where the CPU goes, on every wire',
  payload: 'Small and large messages',
  caching: 'Caches and validators',
  errors: 'What an error costs',
  mixed: 'A mix of calls, and a spike',
  http2: 'HTTP/1.1 or HTTP/2',
  idle: 'Memory of open connections',
  storage: 'The store without a wire',
} as const;

export type PartName = keyof typeof titles;

/** The part that measures each scenario: one and no other. */
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
  readonly scenarios: readonly string[];
  /** Numbers of the questions that need something of it. */
  readonly questions: readonly number[];
}

// The keys of a constant are known.
export const partNames = (Object.keys(titles) as PartName[]).filter((name) =>
  Object.values(partOfScenario).some((one) => one === name),
);

export const parts: readonly Part[] = partNames.map((name) => {
  const scenarios = Object.entries(partOfScenario).flatMap(([scenario, part]) =>
    part === name ? [scenario] : [],
  );
  return {
    name,
    title: titles[name],
    scenarios,
    questions: questions
      .filter((question) => question.scenarios.some((one) => scenarios.includes(one)))
      .map(({ number }) => number),
  };
});
