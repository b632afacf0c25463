import { contrastText, timesOf } from '../questions/question.ts';
import { formatList, formatMs, formatShare, formatTenth } from '../result/format.ts';
import type { Result } from '../result/result.ts';
import {
  type At,
  contrast,
  findCell,
  isValid,
  type Metric,
  type MetricName,
  typical,
  wireOf,
} from '../statistics/summary.ts';

/** A row of "when to choose which". */
export interface Choice {
  /** Follows "if you". */
  readonly if: string;
  readonly take: string;
  /** What this result shows, with its numbers. */
  readonly because: string;
  readonly unless: string;
  /** Numbers of the questions that have the evidence. */
  readonly questions: readonly number[];
}

/** A row of a result; undefined if the result has no figure for it. */
type Rule = (result: Result) => Choice | undefined;

function figureOf(
  result: Result,
  [scenario, contender]: readonly [string, string],
  metric: Metric | MetricName,
  at?: At,
): number | undefined {
  const cell = findCell(result, scenario, contender);
  return isValid(cell) ? typical(cell, metric, at) : undefined;
}

const received: Metric = (sample) => wireOf(sample)?.receivedBytesPerCall;

/** `a quarter of`, `1.4×`: bytes that a contender receives over another's. */
function bytesShare(
  result: Result,
  scenario: string,
  [one, other]: readonly [string, string],
): string | undefined {
  const bytes = [one, other].map((name) => figureOf(result, [scenario, name], received));
  const [more, base] = bytes;
  return more && base ? formatShare(more / base) : undefined;
}

const cpuOfRead = (result: Result, one: string, other: string) =>
  contrast(result, 'point-read', [one, other], 'cpuAtRate');

const forStrangers: Rule = (result) => {
  const others = (
    [
      ['gRPC', 'grpc'],
      ['GraphQL', 'graphql'],
    ] as const
  ).flatMap(([label, wire]) => {
    const found = cpuOfRead(result, wire, 'rest');
    return found ? [`${label} ${contrastText(found)}`] : [];
  });
  const kept = bytesShare(result, 'cached', ['rest-etag', 'rest']);
  const reasons = [
    ...(others.length > 0 ? [`server CPU of a read beside REST's: ${others.join(', ')}`] : []),
    ...(kept === undefined ? [] : [`a client that keeps a copy receives ${kept} the bytes`]),
  ];
  if (reasons.length === 0) return undefined;
  return {
    if: 'publish an API to strangers',
    take: 'REST',
    because: `every HTTP tool speaks it; ${reasons.join('; ')}`,
    unless: 'clients ask for whole screens: then GraphQL',
    questions: [1, 7],
  };
};

const betweenServices: Rule = (result) => {
  const cpu = cpuOfRead(result, 'grpc', 'rest');
  const bytes = bytesShare(result, 'point-read', ['grpc', 'rest']);
  if (!cpu || bytes === undefined) return undefined;
  const take = { more: 'REST', less: 'gRPC', 'not shown': 'gRPC or REST' }[cpu.difference];
  return {
    if: 'call between your own services, in many small messages',
    take,
    because: `a gRPC read costs ${timesOf(cpu, "REST's server CPU")} in Node, and ${bytes} its bytes`,
    unless:
      cpu.difference === 'more'
        ? 'you pay for bytes, or want typed clients in many languages: then gRPC'
        : 'the callers are browsers: then REST',
    questions: [1, 2],
  };
};

/** The distance at which screens are compared. */
const far: At = { rttMs: 50 };

const screenWays = [
  ['graphql-loaders', 'GraphQL'],
  ['rest-expand', 'REST with expand'],
  ['grpc-batch', 'gRPC with batch reads'],
  ['rest-chatty', 'chatty REST'],
] as const;

const screens: Rule = (result) => {
  const ways = screenWays.flatMap(([name, label]) => {
    const micros = figureOf(result, ['screen', name], 'latency', far);
    const requests = figureOf(
      result,
      ['screen', name],
      (sample) => wireOf(sample)?.requestsPerCall,
    );
    return micros === undefined || requests === undefined
      ? []
      : [{ name, label, micros, requests }];
  });
  const isBehind = (one: string, other: string) =>
    contrast(result, 'screen', [one, other], 'latency', far)?.difference === 'more';
  const ahead = ways.filter(({ name }) => !ways.some((other) => isBehind(name, other.name)));
  const chatty = ways.find(({ name }) => name === 'rest-chatty');
  if (!chatty || ahead.length === 0 || ahead.includes(chatty)) return undefined;
  const textOf = ({ label, requests, micros }: (typeof ways)[number]) =>
    `${label} ${formatMs(micros)} ms (${formatTenth(requests)} request${requests === 1 ? '' : 's'})`;
  return {
    if: 'build screens from many resources, over distance',
    take: formatList(
      ahead.map(({ label }) => label),
      'or',
    ),
    because: `time of a screen at a round trip of ${far.rttMs} ms: ${[...ahead, chatty].map(textOf).join(', ')}`,
    unless: 'the screen shows one resource: then REST',
    questions: [4],
  };
};

const nestedLists: Rule = (result) => {
  const [naive, loaders] = ['graphql-naive', 'graphql-loaders'].map((name) =>
    figureOf(result, ['screen', name], (sample) => wireOf(sample)?.queriesPerCall ?? undefined),
  );
  const pair = ['graphql-naive', 'graphql-loaders'] as const;
  const cpu = contrast(result, 'screen', pair, 'cpuAtCapacity');
  if (naive === undefined || loaders === undefined || !cpu || naive <= loaders) return undefined;
  return {
    if: 'resolve lists inside of lists in GraphQL',
    take: 'DataLoader',
    because: `a screen of 20 payments takes ${formatTenth(loaders)} queries instead of ${formatTenth(naive)}; without it, the screen costs ${timesOf(cpu, 'the server CPU')}`,
    unless: 'no list is nested',
    questions: [6],
  };
};

const pushToBrowsers: Rule = (result) => {
  const delay = contrast(result, 'events', ['sse', 'websocket'], 'delay');
  if (!delay) return undefined;
  const text =
    delay.difference === 'not shown'
      ? `no difference in delay to WebSocket is shown (${contrastText(delay)})`
      : `the delay of an event is ${timesOf(delay, "WebSocket's")}`;
  return {
    if: 'push events to browsers',
    take: 'SSE',
    because: `it is plain HTTP and resumes by itself; ${text}`,
    unless: 'clients send messages too: then WebSocket',
    questions: [10, 11],
  };
};

const bothWays: Rule = (result) => {
  const cpu = cpuOfRead(result, 'websocket', 'rest');
  if (!cpu || cpu.difference === 'more') return undefined;
  return {
    if: 'exchange many small messages with a client, both ways',
    take: 'WebSocket',
    because: `a read costs ${timesOf(cpu, "REST's server CPU")}, and events use the same connection`,
    unless: 'caches, proxies or load balancers must see each call: then REST',
    questions: [11, 30],
  };
};

const lateEvents: Rule = (result) => {
  const pair = ['rest', 'sse'] as const;
  const cpu = contrast(result, 'events', pair, 'cpuPerEvent');
  const delay = contrast(result, 'events', pair, 'delay');
  if (cpu?.difference !== 'less' || delay?.difference !== 'more') return undefined;
  return {
    if: 'read frequent events that may be late',
    take: 'REST, polled',
    because: `an event costs ${timesOf(cpu, "SSE's server CPU")}, and arrives after ${timesOf(delay, "SSE's delay")}`,
    unless: 'events are rare, or must arrive at once: then a stream',
    questions: [10],
  };
};

const repeatedReads: Rule = (result) => {
  const ways = (
    [
      ['REST', 'rest-etag', 'rest'],
      ['GraphQL by GET', 'graphql-persisted', 'graphql-post'],
      ['gRPC', 'grpc-etag', 'grpc'],
    ] as const
  ).flatMap(([label, caching, plain]) => {
    const bytes = [caching, plain].map((name) => figureOf(result, ['cached', name], received));
    const [kept, all] = bytes;
    return kept && all ? [{ label, share: kept / all }] : [];
  });
  const saving = ways.filter(({ share }) => share < 0.9);
  if (saving.length === 0) return undefined;
  const texts = saving.map(({ label, share }) => `${label} ${Math.round(share * 100)} %`);
  return {
    if: 'read again what seldom changes',
    take: 'an ETag',
    because: `bytes received by a client that keeps a copy: ${texts.join(', ')}`,
    unless: 'shared caches must help: then GET, over REST or GraphQL',
    questions: [7, 8, 9],
  };
};

const rules: readonly Rule[] = [
  forStrangers,
  betweenServices,
  screens,
  nestedLists,
  pushToBrowsers,
  bothWays,
  lateEvents,
  repeatedReads,
];

/** When to choose which: the rows for which this result has the figures. */
export const choicesOf = (result: Result): Choice[] => rules.flatMap((rule) => rule(result) ?? []);
