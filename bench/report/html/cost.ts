import { formatCount, formatNumber, formatTenth, missing } from '../../result/format.ts';
import type { Cell, Result, WireSample } from '../../result/result.ts';
import { labelOf } from '../../scenarios/labels.ts';
import { quantileMicros } from '../../statistics/histogram.ts';
import { closedOf, merged, openOf, typical, wireOf } from '../../statistics/summary.ts';
import { colourOf, titleOfScenario } from './contenders.ts';
import { escaped } from './markup.ts';

/** The cost of a call on each wire, a table per operation. A cell that costs more is warmer. */

interface CostColumn {
  readonly name: string;
  readonly format: (value: number | undefined) => string;
  readonly of: (cell: Cell, workload: string) => number | undefined;
}

/** Of scenarios that deliver and do not call. */
const eventWorkload = 'event';

/** At the rate that is equal for all if there is one, otherwise in the closed loop. */
const cpuOf = (cell: Cell, workload: string): number | undefined =>
  workload === eventWorkload
    ? typical(cell, 'cpuPerEvent')
    : (typical(cell, 'cpuAtRate', { workload }) ?? typical(cell, 'cpuAtCapacity', { workload }));

const latencyOf =
  (quantile: number) =>
  (cell: Cell, workload: string): number | undefined => {
    const hasRate = cell.samples.some((sample) => openOf(sample, { workload }));
    const histogram = merged(cell, (sample) => {
      if (workload === eventWorkload) return sample.delivery?.delay;
      const load = hasRate ? openOf(sample, { workload }) : closedOf(sample, { workload });
      if (!load || (hasRate && load.invalid.length > 0)) return undefined;
      return 'response' in load ? load.response : load.latency;
    });
    const micros = histogram && quantileMicros(histogram, quantile);
    return micros === undefined ? undefined : micros / 1000;
  };

const bytesOf =
  (ofCall: (wire: WireSample) => number, direction: 'sent' | 'received') =>
  (cell: Cell, workload: string): number | undefined =>
    typical(cell, (sample) => {
      if (workload === eventWorkload) return sample.delivery?.[`${direction}BytesPerEvent`];
      const wire = wireOf(sample, { workload });
      return wire && ofCall(wire);
    });

const costs: readonly CostColumn[] = [
  { name: 'CPU µs', format: formatNumber, of: cpuOf },
  {
    name: 'bytes out',
    format: formatCount,
    of: bytesOf(({ sentBytesPerCall }) => sentBytesPerCall, 'sent'),
  },
  {
    name: 'bytes in',
    format: formatCount,
    of: bytesOf(({ receivedBytesPerCall }) => receivedBytesPerCall, 'received'),
  },
  {
    name: 'queries',
    format: formatTenth,
    of: (cell, workload) =>
      typical(cell, (sample) => wireOf(sample, { workload })?.queriesPerCall ?? undefined),
  },
  { name: 'p50 ms', format: formatNumber, of: latencyOf(0.5) },
  { name: 'p99 ms', format: formatNumber, of: latencyOf(0.99) },
];

/** The lowest of a column has no colour. This many times as much has the strongest. */
const hottest = 8;

function valueMarkup(value: number | undefined, { format }: CostColumn, least: number): string {
  if (value === undefined) return `<td>${missing}</td>`;
  const times = value / least;
  const isMore = Number.isFinite(times) && times >= 1.05;
  const more = isMore ? `<small>${times < 10 ? times.toFixed(1) : Math.round(times)}×</small>` : '';
  const heat = isMore ? Math.min(1, Math.log(times) / Math.log(hottest)) : 0;
  return `<td data-value="${value}" style="--heat:${heat.toFixed(3)}">${format(value)}${more}</td>`;
}

interface CostRow {
  readonly cell: Cell;
  readonly values: readonly (number | undefined)[];
}

function rowMarkup({ cell, values }: CostRow, workload: string, least: readonly number[]): string {
  const head = `<th scope="row"><span class="key" style="--wire:var(--${colourOf(cell) ?? 'control'})"></span>${escaped(labelOf(cell).replaceAll('`', ''))}</th>`;
  if (cell.invalid.length > 0) {
    return `<tr class="invalid">${head}<td class="left" colspan="${costs.length}">INVALID: ${escaped(cell.invalid.join('; '))}</td></tr>`;
  }
  const isControl = cell.kind === 'control';
  const cells = costs.map((cost, at) =>
    // Controls do less work, so they are not compared.
    valueMarkup(values[at], cost, isControl ? Number.NaN : (least[at] ?? Number.NaN)),
  );
  return `<tr${isControl ? ' class="control"' : ''} data-cell="${escaped(`${cell.scenario} ${cell.contender} ${workload}`)}">${head}${cells.join('')}</tr>`;
}

const workloadsOf = (cells: readonly Cell[]): string[] => [
  ...new Set(
    cells.flatMap(({ samples }) =>
      samples.flatMap(({ wire, delivery }) => [
        ...wire.map(({ workload }) => workload),
        ...(delivery ? [eventWorkload] : []),
      ]),
    ),
  ),
];

/** One heat table for each operation of a scenario. */
export function costMarkup(result: Result, scenario: string): string[] {
  const cells = result.cells.filter((cell) => cell.scenario === scenario && cell.kind !== 'again');
  const sorted = [
    ...cells.filter(({ kind }) => kind === 'room'),
    ...cells.filter(({ kind }) => kind === 'control'),
  ];
  return workloadsOf(cells).map((workload) => {
    const rows = sorted.map(
      (cell): CostRow => ({ cell, values: costs.map(({ of }) => of(cell, workload)) }),
    );
    const rooms = rows.filter(({ cell }) => cell.kind === 'room' && cell.invalid.length === 0);
    const least = costs.map((_, at) =>
      Math.min(...rooms.flatMap(({ values }) => values[at] || [])),
    );
    const name = titleOfScenario(scenario);
    const title = workloadsOf(cells).length === 1 ? name : `${name}: ${workload}`;
    const heads = costs.map(({ name }) => `<th scope="col">${escaped(name)}</th>`);
    return `<h3>${escaped(title)}</h3><div class="scroll" tabindex="0" role="region" aria-label="Cost of a call: ${escaped(title)}"><table class="heat"><caption>${escaped(title)}</caption><thead><tr><th scope="col" class="left">wire</th>${heads.join('')}</tr></thead><tbody>${rows.map((row) => rowMarkup(row, workload, least)).join('\n')}</tbody></table></div>`;
  });
}
