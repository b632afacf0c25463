import { formatNumber, formatRatio } from '../result/format.ts';
import type { Result } from '../result/result.ts';
import { left, type ReportTable } from '../result/table.ts';
import { callWires, labels, protocolOf, type WireName } from '../result/wires.ts';
import type { AttributionScenario } from '../statistics/attribution-chains.ts';
import {
  closedOf,
  compareCells,
  findCell,
  floorFor,
  isValid,
  type MetricName,
  merged,
  openOf,
  overAutocannon,
  typical,
  wireOf,
} from '../statistics/summary.ts';

/** A goal of this project, judged by one run. */
interface Goal {
  readonly name: string;
  readonly target: string;
  readonly measured: string;
  readonly verdict: 'reached' | 'missed' | 'not measured';
  /** Empty unless the goal was missed. */
  readonly missedBy: string;
}

const notMeasured = (name: string, target: string): Goal => ({
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
): Goal => {
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

/**
 * Compares the capacity of a room with that of its control: by calls a second if both servers were
 * busy, otherwise by the inverse of CPU per call, because the client was the limit.
 */
function capacityGoal(
  result: Result,
  name: string,
  limit: number,
  [scenario, room, control]: readonly [AttributionScenario, string, string],
): Goal {
  const target = `≥ ${limit}`;
  const [contender, library] = [room, control].map((one) => findCell(result, scenario, one));
  const byCalls = compareCells(result, contender, library, 'throughput');
  const byCpu = compareCells(result, library, contender, 'cpuAtCapacity');
  if (!byCpu) return notMeasured(name, target);
  const isBusy = [contender, library].every(
    (cell) =>
      cell &&
      (typical(cell, (one) => closedOf(one)?.serverCpuShare ?? undefined) ?? 0) >= saturatedShare,
  );
  const decisive = isBusy && byCalls ? byCalls : byCpu;
  const text =
    decisive === byCalls
      ? `${formatRatio(byCalls)} by calls/s (${byCpu.ratio.toFixed(2)}× by CPU)`
      : `${formatRatio(byCpu)} by CPU (calls/s: ${formatRatio(byCalls)})`;
  return judged(name, target, text, { value: decisive.ratio, limit, atLeast: true });
}

function limitGoal(
  name: string,
  limit: number,
  unit: string,
  value: number | null | undefined,
): Goal {
  const target = `≤ ${limit} ${unit}`.trim();
  if (value === undefined || value === null) return notMeasured(name, target);
  const measured = `${formatNumber(value)} ${unit}`.trim();
  return judged(name, target, measured, { value, limit, atLeast: false });
}

const queriesOf = (result: Result, contender: string): number | undefined => {
  const cell = findCell(result, 'screen', contender);
  if (!isValid(cell)) return undefined;
  const queries = typical(cell, (sample) => wireOf(sample)?.queriesPerCall ?? undefined);
  // The server's own query for payments to settle may run during the ten calls.
  return queries === undefined ? undefined : Math.floor(queries + 0.1);
};

const floorGoal = (
  result: Result,
  name: string,
  limit: number,
  [scenario, metric]: readonly [string, MetricName],
): Goal => limitGoal(name, limit, '×', floorFor(result, scenario, metric));

const ceilingOf = ({ ceilings }: Result, protocol: string, driver: string): number | undefined =>
  ceilings.find((one) => one.protocol === protocol && one.driver === driver)?.perSecond;

function atLeastGoal(name: string, limit: number, value: number | undefined): Goal {
  const target = `≥ ${limit}`;
  if (value === undefined) return notMeasured(name, target);
  return judged(name, target, value.toFixed(2), { value, limit, atLeast: true });
}

const over = (value: number | undefined, base: number | undefined): number | undefined =>
  value !== undefined && base ? value / base : undefined;

/** Goals of the bench itself: noise, drivers and pacing. */
function instrumentGoals(result: Result): Goal[] {
  const rest = findCell(result, 'point-read', 'rest');
  const capacityOf = (wire: WireName) => {
    const cell = findCell(result, 'point-read', wire);
    const cpu = cell && typical(cell, 'cpuAtCapacity');
    // The driver may be the limit; CPU a call gives the capacity of the room itself.
    return cpu && 1e6 / cpu;
  };
  const lateness = rest && merged(rest, (sample) => openOf(sample)?.lateness);
  const late = (quantile: number) => lateness && lateness.getValueAtPercentile(quantile) / 1000;
  const curve = findCell(result, 'curve', 'rest');
  const agreement = curve && typical(curve, overAutocannon);
  return [
    floorGoal(result, 'noise floor, CPU of a read at equal rate', 1.05, [
      'point-read',
      'cpuAtRate',
    ]),
    floorGoal(result, 'noise floor, p50 of a read at equal rate', 1.1, [
      'point-read',
      'responseAtRate',
    ]),
    atLeastGoal(
      "ceiling of our HTTP/1.1 driver, over autocannon's",
      0.6,
      over(ceilingOf(result, 'http1', 'lean'), ceilingOf(result, 'http1', 'autocannon')),
    ),
    ...callWires.map((wire) =>
      atLeastGoal(
        `ceiling of the driver, over ${labels[wire]}'s capacity`,
        1.4,
        over(ceilingOf(result, protocolOf(wire), 'lean'), capacityOf(wire)),
      ),
    ),
    limitGoal(
      'difference of our driver from autocannon, REST read',
      0.1,
      '',
      agreement && Math.abs(agreement - 1),
    ),
    limitGoal('lateness of sending, p50', 0.2, 'ms', late(50)),
    limitGoal('lateness of sending, p99', 2, 'ms', late(99)),
  ];
}

export function goalsOf(result: Result): Goal[] {
  const { start, storage } = result;
  const capacity = capacityGoal.bind(undefined, result);
  return [
    ...instrumentGoals(result),
    capacity('REST read, over bare hono', 0.55, ['attribution', 'rest-json-h1', 'hono']),
    capacity('gRPC read, over grpc-js with constant bytes', 0.65, [
      'attribution',
      'grpc',
      'grpc-js-constant',
    ]),
    capacity('GraphQL (lean host) read, over bare graphql', 0.65, [
      'attribution-graphql',
      'graphql-lean',
      'graphql-execute',
    ]),
    capacity('WebSocket read, over bare ws', 0.5, ['attribution-websocket', 'websocket', 'ws']),
    limitGoal(
      'screen over GraphQL with DataLoader',
      4,
      'queries',
      queriesOf(result, 'graphql-loaders'),
    ),
    limitGoal('screen over REST with `expand`', 4, 'queries', queriesOf(result, 'rest-expand')),
    limitGoal('idle server, all wires', 120, 'MB', start?.idleBytes && start.idleBytes / 1e6),
    limitGoal('start to first response, all wires', 1500, 'ms', start?.firstAnswerMs),
    limitGoal('store read over a bare statement', 15, 'µs', storage?.pointRead.overBareMicros),
  ];
}

export const goalTable = (result: Result): ReportTable => ({
  title: 'Goals, and whether this run reaches them',
  lead: 'Each goal is judged by this run alone. A ratio to a bare library compares capacity: calls a second if both servers were busy, otherwise CPU a call. Only `--full`, or `--only` with the scenarios of attribution, measures these ratios.',
  columns: [left('goal'), left('target'), left('measured'), left('verdict'), left('missed by')],
  rows: goalsOf(result).map(({ name, target, measured, verdict, missedBy }) => [
    name,
    target,
    measured,
    verdict,
    missedBy,
  ]),
  notes: [],
});
