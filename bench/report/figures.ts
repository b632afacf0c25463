import {
  compareCells,
  findCell,
  isValid,
  type Metric,
  type MetricName,
  typical,
} from '../statistics/summary.ts';
import { formatNumber, formatRatio } from './format.ts';
import type { Result, Sample } from './result.ts';
import { left, type Table } from './table.ts';

/** A figure that this project set itself, and what this run says of it. */
export interface Figure {
  readonly name: string;
  readonly target: string;
  readonly measured: string;
  readonly verdict: 'reached' | 'missed' | 'not measured';
  /** By how much, where it was missed. */
  readonly missedBy: string;
}

const notMeasured = (name: string, target: string): Figure => ({
  name,
  target,
  measured: '–',
  verdict: 'not measured',
  missedBy: '',
});

const judged = (
  name: string,
  target: string,
  measured: string,
  { value, limit, atLeast }: { value: number; limit: number; atLeast: boolean },
): Figure => {
  const reached = atLeast ? value >= limit : value <= limit;
  const off = Math.abs(value / limit - 1);
  return {
    name,
    target,
    measured,
    verdict: reached ? 'reached' : 'missed',
    missedBy: reached ? '' : `${(off * 100).toFixed(0)} %`,
  };
};

const saturatedShare = 0.9;

type Driver = 'own' | 'autocannon';

/**
 * Capacity of a room over that of its control. Calls a second say it where the server was busy in
 * both; where the client was the limit, they say nothing, and CPU a call does: its inverse.
 */
function capacityRatio(
  result: Result,
  scenario: string,
  [room, control]: readonly [string, string],
  driver: Driver,
) {
  const [contender, bare] = [findCell(result, scenario, room), findCell(result, scenario, control)];
  if (!isValid(contender) || !isValid(bare)) return undefined;
  const share: Metric = (sample: Sample) =>
    (driver === 'own' ? sample.closed : sample.autocannon)?.serverCpuShare;
  const isSaturated = [contender, bare].every(
    (cell) => (typical(cell, share) ?? 0) >= saturatedShare,
  );
  const [calls, cpu]: [MetricName, MetricName] =
    driver === 'own' ? ['throughput', 'cpuAtCapacity'] : ['autocannon', 'cpuUnderAutocannon'];
  const byCalls = compareCells(result, contender, bare, calls);
  const byCpu = compareCells(result, bare, contender, cpu);
  const decisive = isSaturated ? byCalls : byCpu;
  return decisive && byCalls && byCpu
    ? {
        ratio: decisive.ratio,
        text: isSaturated
          ? `${formatRatio(byCalls)} by calls/s (${byCpu.ratio.toFixed(2)}× by CPU)`
          : `${formatRatio(byCpu)} by CPU (${byCalls.ratio.toFixed(2)}× by calls/s, server not saturated)`,
      }
    : undefined;
}

function capacityFigure(
  result: Result,
  name: string,
  limit: number,
  scenario: string,
  pair: readonly [string, string],
  driver: Driver,
): Figure {
  const target = `≥ ${limit}`;
  const found = capacityRatio(result, scenario, pair, driver);
  if (!found) return notMeasured(name, target);
  return judged(name, target, found.text, { value: found.ratio, limit, atLeast: true });
}

function limitFigure(
  name: string,
  limit: number,
  unit: string,
  value: number | null | undefined,
): Figure {
  const target = `≤ ${limit} ${unit}`;
  if (value === undefined || value === null) return notMeasured(name, target);
  const measured = `${formatNumber(value)} ${unit}`;
  return judged(name, target, measured, { value, limit, atLeast: false });
}

const queriesOf = (result: Result, contender: string): number | undefined => {
  const cell = findCell(result, 'screen', contender);
  if (!isValid(cell)) return undefined;
  const queries = typical(cell, ({ wire }) => wire?.queriesPerCall);
  // The server's own look for payments to settle may fall into the twenty calls.
  return queries === undefined ? undefined : Math.floor(queries + 0.1);
};

/** The figures to reach, each from this run alone. */
export function figuresOf(result: Result): Figure[] {
  const { start, storage } = result;
  const capacity = capacityFigure.bind(undefined, result);
  return [
    capacity('REST read, of bare hono', 0.55, 'point-read', ['rest', 'hono'], 'autocannon'),
    capacity('gRPC read, of bare grpc-js', 0.65, 'point-read', ['grpc', 'grpc-js'], 'own'),
    capacity(
      'GraphQL read, of bare graphql',
      0.65,
      'point-read',
      ['graphql', 'graphql-execute'],
      'autocannon',
    ),
    capacity('WebSocket read, of bare ws', 0.5, 'point-read', ['websocket', 'ws'], 'own'),
    capacity(
      'REST create over 64 connections, of bare hono',
      0.15,
      'create',
      ['rest', 'hono'],
      'autocannon',
    ),
    limitFigure(
      'screen by GraphQL with DataLoader',
      4,
      'queries',
      queriesOf(result, 'graphql-loaders'),
    ),
    limitFigure('screen by REST `expand`', 4, 'queries', queriesOf(result, 'rest-expand')),
    limitFigure('idle server, all wires', 120, 'MB', start?.idleBytes && start.idleBytes / 1e6),
    limitFigure('start to first answer, all wires', 1500, 'ms', start?.firstAnswerMs),
    limitFigure('store read over a bare statement', 15, 'µs', storage?.pointRead.overBareMicros),
  ];
}

export const figureTable = (result: Result): Table => ({
  title: 'Figures to reach',
  lead: 'Each is a ratio or a value of this run alone. Ratios are of capacity: by calls a second where both servers were busy, else by CPU a call.',
  columns: [left('figure'), left('target'), left('measured'), left('verdict'), left('missed by')],
  rows: figuresOf(result).map(({ name, target, measured, verdict, missedBy }) => [
    name,
    target,
    measured,
    verdict,
    missedBy,
  ]),
  notes: [],
});
