import { formatCount, formatMs, missing } from '../../result/format.ts';
import type { OpenLoopSample } from '../../result/loads.ts';
import type { Cell, Result } from '../../result/result.ts';
import { left, type ReportTable, right } from '../../result/table.ts';
import { labelOf } from '../../scenarios/labels.ts';
import {
  type Histogram,
  mergeHistograms,
  quantileMicros,
  samplesBeyond,
} from '../../statistics/histogram.ts';
import { median } from '../../statistics/paired.ts';
import { faultOfLoads } from '../load-conditions.ts';
import { colourOf, titleOfScenario } from './contenders.ts';
import type { Figure, LinesAxis } from './figure.ts';

/** Latency from the intended start: against load, and by percentile at a rate equal for all. */

interface CellLoops {
  readonly cell: Cell;
  readonly loops: readonly OpenLoopSample[];
}

/** What processes of one cell measured alike, without those that are not valid if others are. */
function usable(loops: readonly OpenLoopSample[]) {
  const valid = loops.filter(({ invalid }) => invalid.length === 0);
  const isUsable = valid.length > 0;
  const fault = faultOfLoads(loops);
  const validity = fault ? `${isUsable ? 'valid, without' : 'INVALID:'} ${fault}` : 'valid';
  return { valid: isUsable, loops: isUsable ? valid : loops, validity };
}

const responses = (loops: readonly OpenLoopSample[]): Histogram =>
  mergeHistograms(loops.map(({ response }) => response));

/** Scenarios, workloads and their cells with open loops that `holds` is true of. */
function groupsOf(result: Result, holds: (loop: OpenLoopSample) => boolean) {
  const groups = new Map<string, { scenario: string; workload: string; found: CellLoops[] }>();
  for (const cell of result.cells) {
    if (cell.invalid.length > 0 || cell.kind === 'again') continue;
    const loops = cell.samples.flatMap(({ open }) => open.filter(holds));
    for (const workload of new Set(loops.map((loop) => loop.workload))) {
      const key = `${cell.scenario}-${workload}`;
      const group = groups.get(key) ?? { scenario: cell.scenario, workload, found: [] };
      groups.set(key, group);
      group.found.push({ cell, loops: loops.filter((loop) => loop.workload === workload) });
    }
  }
  return [...groups.values()];
}

interface CurveStep {
  readonly share: number;
  readonly perSecond: number;
  readonly valid: boolean;
  readonly validity: string;
  readonly histogram: Histogram;
}

function stepsOf({ loops }: CellLoops): CurveStep[] {
  const shares = [...new Set(loops.flatMap(({ share }) => share ?? []))].sort((a, b) => a - b);
  return shares.map((share) => {
    const all = loops.filter((loop) => loop.share === share);
    const { valid, validity, loops: used } = usable(all);
    // Of all processes: the valid ones are others at each share, and the curve would turn back.
    const perSecond = median(all.map((loop) => loop.perSecond));
    return { share, perSecond, valid, validity, histogram: responses(used) };
  });
}

const curveQuantiles = [0.5, 0.99] as const;

interface Curve {
  readonly cell: Cell;
  readonly steps: readonly CurveStep[];
}

const curveTable = (title: string, curves: readonly Curve[]): ReportTable => ({
  title,
  lead: '',
  columns: [
    left(''),
    right('of capacity'),
    right('calls/s'),
    right('p50 ms'),
    right('p99 ms'),
    left('validity'),
  ],
  rows: curves.flatMap(({ cell, steps }) =>
    steps.map(({ share, perSecond, validity, histogram }) => [
      labelOf(cell),
      `${Math.round(share * 100)} %`,
      formatCount(perSecond),
      ...curveQuantiles.map((quantile) => formatMs(quantileMicros(histogram, quantile))),
      validity,
    ]),
  ),
  notes: [],
});

/** Latency against load, to 110 % of what each process could do. */
export const curveFigures = (result: Result): Figure[] =>
  groupsOf(result, ({ share, rttMs }) => share !== null && rttMs === 0).map(
    ({ scenario, workload, found }) => {
      const curves = found.map((loaded) => ({ cell: loaded.cell, steps: stepsOf(loaded) }));
      const y = (quantile: number): LinesAxis => ({
        label: `p${quantile * 100}, ms from the intended start`,
        unit: 'ms',
        scale: 'log',
      });
      return {
        id: `curve-${scenario}-${workload}`,
        title: titleOfScenario(scenario),
        lead: 'Poisson arrivals at shares of what each process can do. A hollow point is INVALID, and no line goes through it; the numbers give the reason. Quantiles with too few samples beyond them are not drawn.',
        drawings: curveQuantiles.map((quantile) => ({
          kind: 'lines' as const,
          x: { label: 'calls a second', unit: 'calls/s', scale: 'log' as const },
          y: y(quantile),
          series: curves.map(({ cell, steps }) => ({
            label: labelOf(cell),
            wire: colourOf(cell),
            points: steps.flatMap(({ perSecond, valid, histogram }) => {
              const micros = quantileMicros(histogram, quantile);
              return micros === undefined ? [] : [{ x: perSecond, y: micros / 1000, valid }];
            }),
          })),
          crossovers: [],
        })),
        numbers: [curveTable(titleOfScenario(scenario), curves)],
        scenarios: [scenario],
      };
    },
  );

/** Not to three digits: 99.99 is not 100. */
const percent = (quantile: number): string => String(Number((quantile * 100).toFixed(6)));

const hdrTicks = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];
/** Places on the axis of 1/(1 − p): evenly on its logarithm. */
const places = 48;

/** The percentile at a place of the axis, with one digit after its nines. */
function percentileAt(place: number): string {
  const beyond = 100 / place;
  const decimals = Math.max(0, Math.ceil(-Math.log10(beyond)) + 1);
  return `${Number((100 - beyond).toFixed(decimals))} %`;
}

/** Every quantile that has enough samples beyond it. */
function percentileCurve(histogram: Histogram) {
  const last = histogram.totalCount / samplesBeyond;
  if (last <= 1) return [];
  return Array.from({ length: places + 1 }, (_, place) => {
    const x = last ** (place / places);
    return { x, y: histogram.getValueAtPercentile((1 - 1 / x) * 100) / 1000, valid: true };
  });
}

const tableQuantiles = [0.5, 0.9, 0.99, 0.999];

const percentileTable = (
  title: string,
  curves: readonly {
    readonly cell: Cell;
    readonly histogram: Histogram;
    readonly validity: string;
  }[],
): ReportTable => ({
  title,
  lead: '',
  columns: [
    left(''),
    ...tableQuantiles.map((quantile) => right(`p${percent(quantile)} ms`)),
    right('samples'),
    left('validity'),
  ],
  rows: curves.map(({ cell, histogram, validity }) => [
    labelOf(cell),
    ...tableQuantiles.map((quantile) => formatMs(quantileMicros(histogram, quantile))),
    formatCount(histogram.totalCount),
    validity,
  ]),
  notes: [],
});

/** Percentiles at the rate that is equal for all, on an HDR axis. */
export const percentileFigures = (result: Result): Figure[] =>
  groupsOf(result, ({ share, rttMs }) => share === null && rttMs === 0)
    // Its contenders are layers, not wires; their costs are what is looked at.
    .filter(({ scenario }) => scenario !== 'attribution')
    .map(({ scenario, workload, found }) => {
      const curves = found
        .filter(({ cell }) => cell.kind === 'room')
        .map(({ cell, loops }) => {
          const { valid, validity, loops: used } = usable(loops);
          return { cell, valid, validity, histogram: responses(used) };
        });
      const rates = new Set(found.flatMap(({ loops }) => loops.map(({ perSecond }) => perSecond)));
      const rate = rates.size === 1 ? `${formatCount([...rates][0])} calls a second` : missing;
      const title = titleOfScenario(scenario);
      return {
        id: `percentiles-${scenario}-${workload}`,
        title,
        lead: `Every wire at ${rate}, all processes merged. Quantiles with fewer than ${samplesBeyond} samples beyond them are not drawn.`,
        drawings: [
          {
            kind: 'lines',
            x: {
              label: 'percentile, on the logarithm of 1/(1 − p)',
              unit: '',
              scale: 'log',
              textOf: percentileAt,
              ticks: hdrTicks.map((quantile) => ({
                at: 1 / (1 - quantile),
                label: `${percent(quantile)} %`,
              })),
            },
            y: { label: 'response, ms from the intended start', unit: 'ms', scale: 'log' },
            series: curves.map(({ cell, histogram, valid }) => ({
              label: labelOf(cell),
              wire: colourOf(cell),
              points: percentileCurve(histogram).map((point) => ({ ...point, valid })),
            })),
            crossovers: [],
          },
        ],
        numbers: [percentileTable(title, curves)],
        scenarios: [scenario],
      };
    });
