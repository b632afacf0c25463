import { formatNumber } from '../result/format.ts';
import type { WaterfallPicture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import { left, type ReportTable, right } from '../result/table.ts';
import type { AttributionOfWorkload, AttributionPart } from '../statistics/attribution-by-round.ts';
import type { WireAttribution } from '../statistics/attribution-by-wire.ts';
import { findCell, typical } from '../statistics/summary.ts';

const stepOf = ({ label, micros, interval }: AttributionPart) => ({
  label,
  value: micros,
  low: interval?.low,
  high: interval?.high,
});

/** From nothing to a whole, a layer at a time. */
export const layersPicture = ({
  wire,
  label,
  parts,
  total,
}: WireAttribution): WaterfallPicture => ({
  kind: 'waterfall',
  label: `server CPU of a read, ${label}, µs a call`,
  unit: 'µs',
  steps: parts.map(stepOf),
  end: { label, wire, value: total.micros },
});

/** The same in numbers, of several wholes. */
export const layersTable = (found: readonly WireAttribution[]): ReportTable => ({
  title: 'server CPU of a read, a layer at a time',
  lead: '',
  columns: [left('of'), left('layer'), left('part'), ...['µs a call', 'low', 'high'].map(right)],
  rows: found.flatMap(({ label, parts, total }) =>
    [...parts, { ...total, layer: 'whole', label: '' }].map((part) => [
      label,
      part.layer,
      part.label,
      ...[part.micros, part.interval?.low, part.interval?.high].map((one) => formatNumber(one)),
    ]),
  ),
  notes: [],
});

/** @returns undefined if the cost of a REST call, where the steps begin, was not measured */
export function waterfallOf(
  result: Result,
  { workload, difference }: AttributionOfWorkload,
  steps: readonly AttributionPart[],
  way: string,
): WaterfallPicture | undefined {
  const rest = findCell(result, 'attribution', 'rest-json-h1');
  const start = rest && typical(rest, 'cpuAtRate', { workload });
  if (start === undefined) return undefined;
  return {
    kind: 'waterfall',
    label: `server CPU of a ${workload}, from REST to gRPC, ${way}, µs a call`,
    unit: 'µs',
    start: { label: 'REST', wire: 'rest', value: start },
    steps: steps.map(stepOf),
    end: { label: 'gRPC', wire: 'grpc', value: start + difference.micros },
  };
}
