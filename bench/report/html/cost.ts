import { mergeHistograms, quantileMicros } from '../../statistics/histogram.ts';
import { median } from '../../statistics/paired.ts';
import { formatCount, formatNumber, formatTenth, missing } from '../format.ts';
import type { Cell, Result, Sample } from '../result.ts';
import { labelOf } from '../tables.ts';
import { colourOf, titleOfScenario } from './contenders.ts';
import { escaped } from './markup.ts';

/** What a call costs, wires by figures, for each operation; darker is dearer in its column. */

interface Cost {
  readonly name: string;
  readonly format: (value: number | undefined) => string;
  readonly of: (cell: Cell, act: string) => number | undefined;
}

const middle = (cell: Cell, read: (sample: Sample) => number | undefined): number | undefined => {
  const values = cell.samples.map(read).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : median(values);
};

interface Spent {
  readonly serverCpuMicros: number | null;
  readonly completed: number;
  readonly latency: string | null;
}

/** What was measured at the rate that is equal for all; else the first closed loop. */
function loopsOf({ samples }: Cell, act: string): Spent[] {
  const isUsable = (loop: { act: string; rttMs: number; invalid: readonly string[] }) =>
    loop.act === act && loop.rttMs === 0 && loop.invalid.length === 0;
  return samples.flatMap(({ open, closed, delivery }): Spent[] => {
    const atRate = open.find((loop) => loop.share === null && isUsable(loop));
    if (atRate) return [{ ...atRate, latency: atRate.response }];
    const atCapacity = closed.find((loop) => loop.driver !== 'autocannon' && isUsable(loop));
    if (atCapacity) return [atCapacity];
    if (!delivery || act !== 'event') return [];
    return [{ ...delivery, completed: delivery.published, latency: delivery.delay }];
  });
}

function cpuOf(cell: Cell, act: string): number | undefined {
  const values = loopsOf(cell, act).flatMap(({ serverCpuMicros, completed }) =>
    serverCpuMicros === null || completed === 0 ? [] : [serverCpuMicros / completed],
  );
  return values.length === 0 ? undefined : median(values);
}

const latencyOf =
  (quantile: number) =>
  (cell: Cell, act: string): number | undefined => {
    const texts = loopsOf(cell, act).flatMap(({ latency }) => latency ?? []);
    if (texts.length === 0) return undefined;
    const micros = quantileMicros(mergeHistograms(texts), quantile);
    return micros === undefined ? undefined : micros / 1000;
  };

const wireSample = ({ wire }: Sample, act: string) => wire.find((one) => one.act === act);

const costs: readonly Cost[] = [
  { name: 'CPU µs', format: formatNumber, of: cpuOf },
  {
    name: 'bytes out',
    format: formatCount,
    of: (cell, act) =>
      middle(
        cell,
        (sample) =>
          wireSample(sample, act)?.sentBytesPerCall ??
          (act === 'event' ? sample.delivery?.sentBytesPerEvent : undefined),
      ),
  },
  {
    name: 'bytes in',
    format: formatCount,
    of: (cell, act) =>
      middle(
        cell,
        (sample) =>
          wireSample(sample, act)?.receivedBytesPerCall ??
          (act === 'event' ? sample.delivery?.receivedBytesPerEvent : undefined),
      ),
  },
  {
    name: 'queries',
    format: formatTenth,
    of: (cell, act) =>
      middle(cell, (sample) => wireSample(sample, act)?.queriesPerCall ?? undefined),
  },
  { name: 'p50 ms', format: formatNumber, of: latencyOf(0.5) },
  { name: 'p99 ms', format: formatNumber, of: latencyOf(0.99) },
];

/** Place between the least and the most of a column, on logarithms; 0 where all are alike. */
function heatOf(value: number, values: readonly number[]): number {
  const positive = values.filter((one) => one > 0);
  const [low, high] = [Math.min(...positive), Math.max(...positive)];
  return value <= 0 || high <= low ? 0 : Math.log(value / low) / Math.log(high / low);
}

function rowMarkup(cell: Cell, act: string, rooms: readonly Cell[]): string {
  const wire = colourOf(cell);
  const head = `<th scope="row"><span class="key" style="--wire:var(--${wire ?? 'control'})"></span>${escaped(labelOf(cell))}`;
  if (cell.invalid.length > 0) {
    return `<tr class="invalid">${head}</th><td class="left" colspan="${costs.length}">INVALID: ${escaped(cell.invalid.join('; '))}</td></tr>`;
  }
  const isControl = cell.kind === 'control';
  const cells = costs.map(({ format, of }) => {
    const value = of(cell, act);
    if (value === undefined) return `<td>${missing}</td>`;
    const others = rooms.flatMap((room) => of(room, act) ?? []);
    const heat = isControl ? 0 : heatOf(value, others);
    const least = Math.min(...others.filter((one) => one > 0));
    const times = value / least;
    const more =
      !isControl && Number.isFinite(times) && times >= 1.005
        ? `<small>${times < 10 ? times.toFixed(1) : Math.round(times)}×</small>`
        : '';
    return `<td data-value="${value}" style="--heat:${heat.toFixed(3)}">${format(value)}${more}</td>`;
  });
  return `<tr${isControl ? ' class="control"' : ''} data-cell="${escaped(`${cell.scenario} ${cell.contender} ${act}`)}">${head}</th>${cells.join('')}</tr>`;
}

const actsOf = (cells: readonly Cell[]): string[] => [
  ...new Set(
    cells.flatMap(({ samples }) =>
      samples.flatMap(({ wire, delivery }) => [
        ...wire.map(({ act }) => act),
        ...(delivery ? ['event'] : []),
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
  return actsOf(cells).map((act) => {
    const rooms = sorted.filter(({ kind, invalid }) => kind === 'room' && invalid.length === 0);
    const name = titleOfScenario(scenario);
    const title = actsOf(cells).length === 1 ? name : `${name}: ${act}`;
    const heads = costs.map(({ name }) => `<th scope="col">${escaped(name)}</th>`);
    const rows = sorted.map((cell) => rowMarkup(cell, act, rooms));
    return `<h3>${escaped(title)}</h3><div class="scroll" tabindex="0" role="region" aria-label="Cost of a call: ${escaped(title)}"><table class="heat"><caption>${escaped(title)}</caption><thead><tr><th scope="col" class="left">wire</th>${heads.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
  });
}
