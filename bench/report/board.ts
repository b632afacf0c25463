import { formatCount, formatNumber } from '../result/format.ts';
import type { Result } from '../result/result.ts';
import { labels, roomWires, type WireName } from '../result/wires.ts';
import {
  type At,
  contrast,
  findCell,
  isValid,
  type Metric,
  type MetricName,
  type Ranged,
  rangeOf,
  wireOf,
} from '../statistics/summary.ts';

/** The board: a row per wire, a column per figure. Terminal, page and README draw it. */
export interface Board {
  readonly columns: readonly BoardColumn[];
  readonly rows: readonly {
    readonly wire: WireName;
    readonly label: string;
    /** One for each column. */
    readonly cells: readonly BoardCell[];
  }[];
}

export interface BoardColumn {
  /** With its unit, such as `CPU µs`. */
  readonly label: string;
  /** Of what, in a few words. */
  readonly scope: string;
  /** What the figure is, in a sentence. */
  readonly what: string;
  readonly better: 'less' | 'more';
}

export type BoardCell =
  | {
      readonly kind: 'figure';
      readonly figure: Ranged;
      readonly text: string;
      /** From the low end to the high end; undefined if both read alike. */
      readonly range: string | undefined;
      /** No other wire is better by more than noise, and some wire is worse. */
      readonly isBest: boolean;
    }
  /** The wire has no such call. */
  | { readonly kind: 'does not apply' }
  /** It was not measured, or lost its figure. */
  | { readonly kind: 'missing'; readonly reason: string };

interface Column extends BoardColumn {
  readonly scenario: string;
  readonly metric: Metric | MetricName;
  readonly at?: At;
  /** Contender of each wire in the scenario; a wire that is not named does not apply. */
  readonly contenders: Partial<Record<WireName, string>>;
  readonly format: (value: number) => string;
}

const calls = { rest: 'rest', grpc: 'grpc', graphql: 'graphql', websocket: 'websocket' };
/** The distance at which screens are compared. */
export const boardRttMs = 50;
const inMs = (micros: number): string => formatNumber(micros / 1000);
const hasSlices = ({ cells }: Result): boolean =>
  cells.some(({ samples }) =>
    samples.some(({ closed }) => closed.some(({ slices }) => slices.length > 0)),
  );

/** What `±` stands for. Results of older versions have no slices. */
export const rangeLegend = (result: Result): string =>
  hasSlices(result)
    ? '±: middle 80 % of the slices; of events, range over processes.'
    : '±: range over processes.';

/** Three digits: the others differ from run to run. */
const inThree = (value: number): string => formatCount(Number(value.toPrecision(3)));

const columns: readonly Column[] = [
  {
    label: 'reads/s',
    scope: 'one payment',
    what: 'Reads of one payment a second, at capacity.',
    better: 'more',
    scenario: 'point-read',
    metric: 'throughput',
    contenders: calls,
    format: inThree,
  },
  {
    label: 'CPU µs',
    scope: 'server, a read',
    what: 'Server CPU time of a read, at a rate that is the same for all.',
    better: 'less',
    scenario: 'point-read',
    metric: 'cpuAtRate',
    contenders: calls,
    format: formatNumber,
  },
  {
    label: 'p50 ms',
    scope: 'of a read',
    what: 'Median time of a read at that rate, from its intended start.',
    better: 'less',
    scenario: 'point-read',
    metric: 'responseAtRate',
    contenders: calls,
    format: inMs,
  },
  {
    label: 'bytes',
    scope: 'of a response',
    what: 'Bytes received for a read, headers and framing included.',
    better: 'less',
    scenario: 'point-read',
    metric: (sample) => wireOf(sample)?.receivedBytesPerCall,
    contenders: calls,
    format: inThree,
  },
  {
    label: 'creates/s',
    scope: 'durable',
    what: 'Payments created a second, each durable before its response.',
    better: 'more',
    scenario: 'create',
    metric: 'throughput',
    contenders: calls,
    format: inThree,
  },
  {
    label: 'screen ms',
    scope: `at ${boardRttMs} ms RTT`,
    what: `Time of a customer, 20 payments and their refunds, at ${boardRttMs} ms round trip.`,
    better: 'less',
    scenario: 'screen',
    metric: 'latency',
    at: { rttMs: boardRttMs },
    contenders: { rest: 'rest-expand', grpc: 'grpc-batch', graphql: 'graphql-loaders' },
    format: inMs,
  },
  {
    label: 'event ms',
    scope: 'median delay',
    what: 'Median delay of an event, from the intended start of the call that causes it.',
    better: 'less',
    scenario: 'events',
    metric: 'delay',
    contenders: {
      sse: 'sse',
      websocket: 'websocket',
      grpc: 'grpc',
      graphql: 'graphql',
      rest: 'rest',
    },
    format: inMs,
  },
];

/** The wires that no other beats by more than noise; none if they do not differ. */
function bestOf(result: Result, { scenario, metric, at, contenders, better }: Column): WireName[] {
  if (typeof metric !== 'string') return [];
  const worse = better === 'more' ? 'less' : 'more';
  const wires = roomWires.filter((wire) => contenders[wire] !== undefined);
  const compared = (one: WireName, other: WireName) => {
    const pair = [contenders[one] ?? '', contenders[other] ?? ''] as const;
    return contrast(result, scenario, pair, metric, at);
  };
  const ahead = wires.filter((one) => {
    const found = wires.flatMap((other) => (other === one ? [] : (compared(one, other) ?? [])));
    // A figure that must not be compared, such as a latency near saturation, is ahead of none.
    return found.length > 0 && found.every(({ difference }) => difference !== worse);
  });
  return ahead.length < wires.length ? ahead : [];
}

/** Counted figures have no noise: the best is the best. */
function bestCounted(result: Result, column: Column): WireName[] {
  const { scenario, metric, at, contenders, better } = column;
  const values = roomWires.flatMap((wire) => {
    const cell = findCell(result, scenario, contenders[wire] ?? '');
    const value = isValid(cell) ? rangeOf(cell, metric, at)?.value : undefined;
    return value === undefined ? [] : [{ wire, value }];
  });
  const best = (better === 'more' ? Math.max : Math.min)(...values.map(({ value }) => value));
  return values.filter(({ value }) => value === best).map(({ wire }) => wire);
}

function rangeText({ low, high }: Ranged, format: Column['format']): string | undefined {
  const [least, most] = [format(low), format(high)];
  return least === most ? undefined : `${least}–${most}`;
}

function cellOf(
  result: Result,
  column: Column,
  wire: WireName,
  best: readonly WireName[],
): BoardCell {
  const contender = column.contenders[wire];
  if (contender === undefined) return { kind: 'does not apply' };
  const cell = findCell(result, column.scenario, contender);
  if (!cell) return { kind: 'missing', reason: 'not measured in this run' };
  const figure = isValid(cell) ? rangeOf(cell, column.metric, column.at) : undefined;
  if (!figure) return { kind: 'missing', reason: cell.invalid[0] ?? 'no valid figure' };
  return {
    kind: 'figure',
    figure,
    text: column.format(figure.value),
    range: rangeText(figure, column.format),
    isBest: best.includes(wire),
  };
}

export function boardOf(result: Result): Board {
  const best = columns.map((column) =>
    typeof column.metric === 'string' ? bestOf(result, column) : bestCounted(result, column),
  );
  return {
    columns: columns.map(({ label, scope, what, better }) => ({ label, scope, what, better })),
    rows: roomWires.map((wire) => ({
      wire,
      label: labels[wire],
      cells: columns.map((column, at) => cellOf(result, column, wire, best[at] ?? [])),
    })),
  };
}
