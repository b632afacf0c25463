import { formatList, formatShare, formatTenth, formatTimes } from '../result/format.ts';
import type { Result } from '../result/result.ts';
import { type CallWire, labels } from '../result/wires.ts';
import {
  type Contrast,
  contrast,
  findCell,
  isValid,
  typical,
  wireOf,
} from '../statistics/summary.ts';

/** What a run prints first: the most common question, and its answer in a few sentences. */
export interface Headline {
  readonly asks: string;
  /** What was measured, and where; ends with a colon. */
  readonly scope: string;
  readonly sentences: readonly string[];
}

const asked = ['rest', 'grpc', 'graphql'] as const satisfies readonly CallWire[];

/** Server CPU of a read, one wire over another. */
const cpuOf = (result: Result, one: CallWire, other: CallWire): Contrast | undefined =>
  contrast(result, 'point-read', [one, other], 'cpuAtRate');

const costsMore = (found: Contrast | undefined): boolean => found?.difference === 'more';

const hasCpu = (result: Result, wire: CallWire): boolean => {
  const cell = findCell(result, 'point-read', wire);
  return isValid(cell) && typical(cell, 'cpuAtRate') !== undefined;
};

/** Which wires cost the least CPU, and which were compared. */
interface Order {
  readonly measured: readonly CallWire[];
  /** Those that no other beats. */
  readonly least: readonly CallWire[];
}

function orderOf(result: Result): Order {
  const measured = asked.filter((wire) => hasCpu(result, wire));
  const least = measured.filter(
    (one) => !measured.some((other) => other !== one && costsMore(cpuOf(result, one, other))),
  );
  return { measured, least };
}

const namesOf = (wires: readonly CallWire[]): string =>
  formatList(wires.map((wire) => labels[wire]));

/** How WebSocket compares with the cheapest of the three: the question does not name it. */
function besides(result: Result, base: CallWire): 'as cheap' | string {
  const found = cpuOf(result, 'websocket', base);
  if (found?.difference === 'not shown') return 'as cheap';
  if (found?.difference !== 'less') return '';
  return `; WebSocket costs ${formatTimes(found.comparison.ratio)}× as much`;
}

function leastSentence(result: Result, { measured, least }: Order): string {
  const [base] = least;
  if (base === undefined || measured.length < 2) {
    return 'This run does not say who costs the least CPU: no two of them have a valid figure.';
  }
  if (least.length === measured.length) {
    return `No difference in server CPU is shown between ${namesOf(measured)}.`;
  }
  const beside = besides(result, base);
  const wires: readonly CallWire[] = beside === 'as cheap' ? [...least, 'websocket'] : least;
  const verb = wires.length === 1 ? 'costs' : 'cost';
  if (measured.length === 2) {
    const others = measured.filter((wire) => !least.includes(wire));
    return `${namesOf(wires)} ${verb} less server CPU than ${namesOf(others)}.`;
  }
  const ofThree = beside.startsWith(';') ? ' of the three' : '';
  return `${namesOf(wires)} ${verb} the least server CPU${ofThree}${beside === 'as cheap' ? '' : beside}.`;
}

/** What a wire costs more than the cheapest; undefined for the cheapest. */
function costOf(result: Result, wire: CallWire, { measured, least }: Order) {
  if (!measured.includes(wire) || least.includes(wire)) return undefined;
  const base = [...least, ...measured].find((one) => costsMore(cpuOf(result, wire, one)));
  const found = base && cpuOf(result, wire, base);
  return found && { base, times: formatTimes(found.comparison.ratio) };
}

function bytesOf(result: Result, wire: CallWire): number | undefined {
  const cell = findCell(result, 'point-read', wire);
  return isValid(cell)
    ? typical(cell, (sample) => wireOf(sample)?.receivedBytesPerCall)
    : undefined;
}

/** `sends a quarter of`; undefined if it sends about as many bytes as REST, or is not counted. */
function bytesClause(result: Result, wire: CallWire): string | undefined {
  const [bytes, base] = [bytesOf(result, wire), bytesOf(result, 'rest')];
  if (wire === 'rest' || !bytes || !base) return undefined;
  const share = bytes / base;
  return share > 0.95 && share < 1.05 ? undefined : `sends ${formatShare(share)}`;
}

/** `needs 1 request for a screen where chatty REST needs 22` */
function requestsClause(result: Result): string | undefined {
  const requestsOf = (contender: string) => {
    const cell = findCell(result, 'screen', contender);
    return isValid(cell) ? typical(cell, (sample) => wireOf(sample)?.requestsPerCall) : undefined;
  };
  const ways = ['graphql-loaders', 'rest-chatty', 'rest-expand'].map(requestsOf);
  const [graphql, chatty, expand] = ways;
  if (graphql === undefined || chatty === undefined) return undefined;
  const plural = graphql === 1 ? '' : 's';
  const others = expand === undefined ? '' : `, and REST with expand ${formatTenth(expand)}`;
  return `needs ${formatTenth(graphql)} request${plural} for a screen where chatty REST needs ${formatTenth(chatty)}${others}`;
}

function sentenceFor(result: Result, wire: CallWire, order: Order): string[] {
  const cost = costOf(result, wire, order);
  const bytes = wire === 'grpc' ? bytesClause(result, wire) : undefined;
  const clauses = [
    cost && `costs ${cost.times}× ${labels[cost.base]}'s CPU`,
    bytes && `${bytes} ${cost?.base === 'rest' ? 'its' : `${labels.rest}'s`} bytes`,
    wire === 'graphql' ? requestsClause(result) : undefined,
  ].filter((clause) => clause !== undefined);
  return clauses.length === 0 ? [] : [`${labels[wire]} ${clauses.join(' and ')}.`];
}

/** Names those of the three that were run and have no figure. */
function missingSentence(result: Result, { measured }: Order): string[] {
  const missing = asked.filter(
    (wire) => !measured.includes(wire) && findCell(result, 'point-read', wire),
  );
  if (missing.length === 0 || measured.length < 2) return [];
  const verb = missing.length === 1 ? 'has' : 'have';
  return [`${namesOf(missing)} ${verb} no valid figure for server CPU.`];
}

/**
 * This run's answer to "REST, gRPC or GraphQL?": which costs the least, how much more the others
 * cost, the bytes, and the requests for a screen. It names only differences beyond the noise.
 * @param place where it was measured
 */
export function headlineOf(result: Result, place = 'this machine'): Headline {
  const order = orderOf(result);
  const isOurs = Object.keys(result.options.targets).length === 0;
  return {
    asks: 'REST, gRPC or GraphQL?',
    scope: `One small read, ${isOurs ? `in Node, on ${place}` : 'on the server that was named'}:`,
    sentences: [
      leastSentence(result, order),
      ...asked.flatMap((wire) => sentenceFor(result, wire, order)),
      ...missingSentence(result, order),
    ],
  };
}
