import type { WaterfallPicture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import type { AttributionOfWorkload, AttributionPart } from '../statistics/attribution-by-round.ts';
import { findCell, typical } from '../statistics/summary.ts';

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
    steps: steps.map(({ label, micros, interval }) => ({
      label,
      value: micros,
      low: interval?.low,
      high: interval?.high,
    })),
    end: { label: 'gRPC', wire: 'grpc', value: start + difference.micros },
  };
}
