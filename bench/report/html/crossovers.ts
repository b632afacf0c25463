import { formatBytes, formatNumber, missing } from '../../result/format.ts';
import type { Cell, Result } from '../../result/result.ts';
import { left, type ReportTable, right } from '../../result/table.ts';
import { labelOf } from '../../scenarios/labels.ts';
import { payload } from '../../scenarios/payload.ts';
import { findCrossover } from '../../statistics/crossover.ts';
import { differenceOf } from '../../statistics/paired.ts';
import { sizesOf } from '../../statistics/payload-sizes.ts';
import { createRandom } from '../../statistics/random.ts';
import {
  type At,
  closedOf,
  compareCells,
  floorFor,
  isValid,
  type MetricName,
  pairsOf,
  typical,
} from '../../statistics/summary.ts';
import { faultOfLoads } from '../load-conditions.ts';
import { colourOf, measuredScenarios, titleOfScenario } from './contenders.ts';
import type { Figure, Lines, LinesAxis } from './figure.ts';

/** Where the best contender changes: along response size, concurrency and distance. */

interface SweepPoint {
  readonly x: number;
  readonly label: string;
  readonly at: At;
}

interface Sweep {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly scenario: string;
  readonly metric: MetricName;
  readonly better: 'more' | 'less';
  readonly xLabel: string;
  readonly xScale: LinesAxis['scale'];
  readonly xUnit: string;
  readonly yLabel: string;
  readonly yUnit: string;
  /** What the metric is divided by for the picture. */
  readonly unit: number;
  readonly places: readonly SweepPoint[];
}

interface Lead {
  readonly place: SweepPoint;
  readonly best: Cell;
  /** Outside the interval over processes, and outside of the noise floor. */
  readonly isShown: boolean;
}

/** Who is best at each place, and whether that is more than noise. */
function leadsOf(result: Result, sweep: Sweep, rooms: readonly Cell[]): Lead[] {
  const { metric, better, places, scenario } = sweep;
  const floor = floorFor(result, scenario, metric);
  return places.flatMap((place) => {
    const ranked = rooms
      .flatMap((cell) => {
        const value = typical(cell, metric, place.at);
        return value === undefined ? [] : [{ cell, value }];
      })
      .sort((a, b) => (better === 'less' ? a.value - b.value : b.value - a.value));
    const [best, next] = ranked;
    if (!best || !next) return [];
    const lead = compareCells(result, best.cell, next.cell, metric, place.at);
    const isShown = lead !== undefined && differenceOf(lead, floor) === better;
    return [{ place, best: best.cell, isShown }];
  });
}

/** Where the lead goes from one contender to another, with good reason on both sides. */
function crossoversOf(result: Result, { metric, places, xScale }: Sweep, leads: readonly Lead[]) {
  // An axis of round-trip times begins at 0, which has no logarithm.
  const shift = xScale === 'symlog' ? 1 : 0;
  const shown = leads.filter(({ isShown }) => isShown);
  return shown.flatMap(({ best: from }, index) => {
    const to = shown[index + 1]?.best;
    if (!to || to === from) return [];
    const points = places
      .map(({ x, at }) => ({ x: x + shift, pairs: pairsOf(from, to, metric, at) }))
      .filter(({ pairs }) => pairs.length > 0);
    const found = findCrossover(points, createRandom(result.options.seed));
    // A crossing that many resamples do not have is not shown to be one.
    if (!found?.interval) return [];
    const { x, interval } = found;
    const [low, high] = [interval.low - shift, interval.high - shift];
    return [{ label: `${labelOf(from)} to ${labelOf(to)}`, x: x - shift, low, high }];
  });
}

/** A contender along the axis of a sweep. */
interface Along {
  readonly cell: Cell;
  readonly points: Lines['series'][number]['points'];
  /** Why loads at a place must not be used, each with its place. */
  readonly faults: readonly string[];
}

function alongOf(cell: Cell, { places, metric, unit }: Sweep): Along {
  const found = places.map(({ x, at, label }) => {
    const value = typical(cell, metric, at);
    if (value !== undefined) return { point: { x, y: value / unit, valid: true } };
    // No valid value: a hollow mark at the invalid one.
    const raw =
      metric === 'throughput'
        ? typical(cell, (sample) => closedOf(sample, at)?.perSecond)
        : undefined;
    const fault = faultOfLoads(cell.samples.flatMap((sample) => closedOf(sample, at) ?? []));
    return {
      point: raw === undefined ? undefined : { x, y: raw / unit, valid: false },
      fault: fault && `${labelOf(cell)} at ${label}: INVALID, ${fault}.`,
    };
  });
  return {
    cell,
    points: found.flatMap(({ point }) => point ?? []),
    faults: found.flatMap(({ fault }) => fault ?? []),
  };
}

const tableOf = (sweep: Sweep, along: readonly Along[], leads: readonly Lead[]): ReportTable => ({
  title: `${sweep.title}: ${sweep.yLabel}`,
  lead: '',
  columns: [left(sweep.xLabel), ...along.map(({ cell }) => right(labelOf(cell))), left('best')],
  rows: sweep.places.map((place) => {
    const best = leads.find((one) => one.place === place);
    return [
      place.label,
      ...along.map(({ points }) => {
        const point = points.find(({ x }) => x === place.x);
        return point ? `${formatNumber(point.y)}${point.valid ? '' : ' (INVALID)'}` : missing;
      }),
      best ? `${labelOf(best.best)}${best.isShown ? '' : ' (no difference shown)'}` : missing,
    ];
  }),
  notes: along.flatMap(({ faults }) => faults),
});

function figureOf(result: Result, sweep: Sweep): Figure | undefined {
  const { id, title, lead, scenario } = sweep;
  const rooms = result.cells.filter(
    (cell) => cell.scenario === scenario && cell.kind === 'room' && isValid(cell),
  );
  const along = rooms.map((cell) => alongOf(cell, sweep)).filter(({ points }) => points.length > 1);
  if (along.length < 2) return undefined;
  const leads = leadsOf(result, sweep, rooms);
  const ticks = sweep.places.map(({ x, label }) => ({ at: x, label }));
  const picture: Lines = {
    kind: 'lines',
    x: { label: sweep.xLabel, unit: sweep.xUnit, scale: sweep.xScale, ticks },
    y: { label: sweep.yLabel, unit: sweep.yUnit, scale: 'log' },
    series: along.map(({ cell, points }) => ({
      label: labelOf(cell),
      wire: colourOf(cell),
      points,
    })),
    crossovers: crossoversOf(result, sweep, leads),
    winners: leads.map(({ place, best, isShown }) => ({
      x: place.x,
      label: labelOf(best),
      wire: colourOf(best),
      isShown,
    })),
  };
  const numbers = [tableOf(sweep, along, leads)];
  return { id, title, lead, drawings: [picture], numbers, scenarios: [scenario] };
}

const sizeSweep = (result: Result): Sweep => ({
  id: 'map-size',
  title: 'By the size of the response',
  lead: 'What the server spends on the same payments, in small and large responses.',
  scenario: payload.name,
  metric: 'cpuAtCapacity',
  better: 'less',
  xLabel: 'response by REST, bytes',
  xUnit: 'B',
  xScale: 'log',
  yLabel: 'server CPU, µs a call',
  yUnit: 'µs',
  unit: 1,
  places: sizesOf(result, payload)
    .map(({ workload, bytes }) => ({ x: bytes, label: formatBytes(bytes), at: { workload } }))
    .sort((a, b) => a.x - b.x),
});

/** The closed loops of a scenario's first contender: they are the same for all. */
const loopsOf = (result: Result, scenario: string) =>
  (result.cells.find((cell) => cell.scenario === scenario)?.samples[0]?.closed ?? []).filter(
    ({ driver }) => driver !== 'autocannon',
  );

function concurrencySweep(result: Result, scenario: string): Sweep {
  const loops = loopsOf(result, scenario);
  const [first] = loops;
  const counts = loops
    .filter(({ workload, rttMs }) => workload === first?.workload && rttMs === first.rttMs)
    .filter(({ inFlight, connections }) => inFlight === connections)
    .map(({ connections }) => connections);
  return {
    id: `map-concurrency-${scenario}`,
    title: `By concurrency: ${titleOfScenario(scenario)}`,
    lead: 'Calls a second in a closed loop, one call in flight on each connection. A hollow point is INVALID; the notes give the reason.',
    scenario,
    metric: 'throughput',
    better: 'more',
    xLabel: 'connections',
    xUnit: 'connections',
    xScale: 'log',
    yLabel: 'calls a second',
    yUnit: '/s',
    unit: 1,
    places: [...new Set(counts)]
      .sort((a, b) => a - b)
      .map((count) => ({
        x: count,
        label: formatNumber(count),
        at: { connections: count, inFlight: count },
      })),
  };
}

function distanceSweeps(result: Result, scenario: string): Sweep[] {
  const loops = loopsOf(result, scenario);
  const workloads = [...new Set(loops.map(({ workload }) => workload))];
  return workloads.map((workload) => ({
    id: `map-distance-${scenario}-${workload.replaceAll(/\W+/g, '-')}`,
    title: `By distance: ${titleOfScenario(scenario)}`,
    lead: 'The time of one call, with a round-trip time that a proxy adds. Loss and congestion are not modelled.',
    scenario,
    metric: 'latency',
    better: 'less',
    xLabel: 'round trip, ms',
    xUnit: 'ms',
    xScale: 'symlog',
    yLabel: 'time of a call, ms',
    yUnit: 'ms',
    unit: 1000,
    places: [
      ...new Set(loops.filter((loop) => loop.workload === workload).map(({ rttMs }) => rttMs)),
    ]
      .sort((a, b) => a - b)
      .map((rttMs) => ({ x: rttMs, label: formatNumber(rttMs), at: { workload, rttMs } })),
  }));
}

/** One figure for each axis along which a scenario was measured at two places or more. */
export const crossoverFigures = (result: Result): Figure[] =>
  [
    sizeSweep(result),
    ...measuredScenarios(result.cells).flatMap((scenario) => [
      ...distanceSweeps(result, scenario),
      concurrencySweep(result, scenario),
    ]),
  ]
    .filter(({ places }) => places.length > 1)
    .flatMap((sweep) => figureOf(result, sweep) ?? []);
