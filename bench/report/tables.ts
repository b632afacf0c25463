import { goodCreate, goodRead } from '../scenarios/errors.ts';
import { scenarios } from '../scenarios/index.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { quantileMicros } from '../statistics/histogram.ts';
import { median, pairsNeeded } from '../statistics/paired.ts';
import {
  compareCells,
  findCell,
  floorFor,
  isValid,
  type MetricName,
  merged,
  notesOf,
  typical,
} from '../statistics/summary.ts';
import {
  formatCount,
  formatMs,
  formatNumber,
  formatRatio,
  formatTenth,
  missing,
} from './format.ts';
import type { Cell, FailureSample, Result, Sample } from './result.ts';
import { left, right, type Table } from './table.ts';

/** The label of a contender; its name where this version of the bench does not know it. */
export function labelOf({ scenario, contender }: Pick<Cell, 'scenario' | 'contender'>): string {
  const known = scenarios.find(({ name }) => name === scenario);
  return known?.contenders.find(({ name }) => name === contender)?.label ?? contender;
}

const cellsOf = (result: Result, { name, contenders }: Scenario): Cell[] =>
  contenders.flatMap((contender) => findCell(result, name, contender.name) ?? []);

const quantiles = [0.5, 0.9, 0.99];

/** p50 / p90 / p99 in ms and how many samples; a quantile with too few beyond it is left out. */
function latencyTexts(cell: Cell, histogramOf: (sample: Sample) => string | undefined): string[] {
  const histogram = merged(cell, histogramOf);
  return [
    ...quantiles.map((quantile) =>
      histogram ? formatMs(quantileMicros(histogram, quantile)) : missing,
    ),
    formatCount(histogram?.totalCount),
  ];
}

function notesFor(cells: readonly Cell[]): string[] {
  const texts = cells.flatMap((cell) => {
    const label = labelOf(cell);
    if (cell.invalid.length > 0) return cell.invalid.map((why) => `${label}: INVALID, ${why}`);
    if (cell.samples.length === 0) return [];
    return notesOf(cell).map((note) => `${label}: ${note}`);
  });
  const fewest = Math.min(...cells.filter(isValid).map(({ samples }) => samples.length));
  if (fewest >= pairsNeeded || !Number.isFinite(fewest)) return texts;
  return [
    ...texts,
    `As few as ${fewest} processes of a contender: no interval, no difference shown.`,
  ];
}

function floorNote(result: Result, scenario: string, names: readonly MetricName[]): string[] {
  const texts = names.flatMap((name) => {
    const floor = floorFor(result, scenario, name);
    return floor === undefined ? [] : `${metricLabels[name]} ${floor.toFixed(2)}×`;
  });
  return texts.length === 0
    ? ['No noise floor: no baseline was measured against itself.']
    : [
        `Noise floor (a baseline against itself, outer bound of its interval): ${texts.join(', ')}.`,
      ];
}

const metricLabels: Readonly<Record<MetricName, string>> = {
  throughput: 'calls/s',
  autocannon: 'calls/s by autocannon',
  cpuAtCapacity: 'CPU at capacity',
  cpuUnderAutocannon: 'CPU under autocannon',
  cpuAtRate: 'CPU at equal rate',
  responseAtRate: 'p50 at equal rate',
  latency: 'p50',
  cpuPerEvent: 'CPU of an event',
  delay: 'p50 of the delay',
};

/** Hollow: an invalid cell has its name and nothing else. */
const hollow = (cell: Cell, columns: number): string[] => [
  `${labelOf(cell)} (INVALID)`,
  ...Array.from({ length: columns - 1 }, () => missing),
];

/** A table of calls that are answered once. */
function callTable(result: Result, scenario: Scenario): Table {
  const cells = cellsOf(result, scenario);
  const baseline = findCell(result, scenario.name, scenario.baseline);
  const baselineLabel = baseline ? labelOf(baseline) : scenario.baseline;
  const perSecond = cells.flatMap(({ samples }) => samples[0]?.open?.perSecond ?? [])[0];
  const isCached = scenario.name === 'cached';
  const isScreen = scenario.name === 'screen';
  const columns = [
    left(''),
    right('calls/s'),
    right(`of ${baselineLabel} [95 %]`),
    right('CPU µs/call'),
    right(`of ${baselineLabel} [95 %]`),
    ...(perSecond ? [right(`CPU µs at ${formatCount(perSecond)}/s`)] : []),
    right('p50 ms'),
    right('p90'),
    right('p99'),
    right('samples'),
    ...(isScreen ? [right('requests')] : []),
    right('bytes out'),
    right('bytes in'),
    right('queries'),
    ...(isCached ? [right('not sent again'), right('stale')] : []),
  ];
  const ratio = (cell: Cell, metric: MetricName) =>
    cell === baseline ? '1' : formatRatio(compareCells(result, cell, baseline, metric));
  const rows = cells.map((cell) => {
    if (!isValid(cell)) return hollow(cell, columns.length);
    const isLoaded = cell.samples.some(({ open }) => open);
    const histogramOf = ({ open, closed }: Sample) => (isLoaded ? open?.response : closed?.latency);
    // A closed loop's latency is another thing than that at a rate: not in the same column.
    const latency =
      perSecond && !isLoaded
        ? quantiles.map(() => missing).concat('')
        : latencyTexts(cell, histogramOf);
    return [
      labelOf(cell),
      formatCount(typical(cell, 'throughput')),
      ratio(cell, 'throughput'),
      formatNumber(typical(cell, 'cpuAtCapacity')),
      ratio(cell, 'cpuAtCapacity'),
      ...(perSecond ? [formatNumber(typical(cell, 'cpuAtRate'))] : []),
      ...latency,
      ...(isScreen ? [formatTenth(typical(cell, ({ wire }) => wire?.requestsPerCall))] : []),
      formatCount(typical(cell, ({ wire }) => wire?.sentBytesPerCall)),
      formatCount(typical(cell, ({ wire }) => wire?.receivedBytesPerCall)),
      formatTenth(typical(cell, ({ wire }) => wire?.queriesPerCall)),
      ...(isCached ? cachingTexts(cell) : []),
    ];
  });
  const [sample] = cells.flatMap(({ samples }) => samples);
  const closed = sample?.closed;
  const warmed = warmUpRange(cells);
  const how = closed
    ? `Closed loop: ${closed.inFlight} calls under way over ${closed.connections} connections, ${closed.elapsedMs / 1000} s after ${warmed} of warming up, in each of the fresh processes.`
    : '';
  const latencyHow = perSecond
    ? `Latency: independent arrivals at ${formatCount(perSecond)}/s, from the intended start.`
    : 'Latency is that of the closed loop.';
  return {
    title: scenario.title,
    lead: `${scenario.what} ${how} ${latencyHow}`,
    columns,
    rows,
    notes: [
      ...floorNote(result, scenario.name, [
        'throughput',
        'cpuAtCapacity',
        ...(perSecond ? (['cpuAtRate', 'responseAtRate'] as const) : []),
      ]),
      ...crossCheck(result, scenario.name),
      ...notesFor(cells),
    ],
  };
}

/** How long the processes warmed up, from the shortest to the longest. */
function warmUpRange(cells: readonly Cell[]): string {
  const times = cells.flatMap(({ samples }) =>
    samples.flatMap(({ closed }) => closed?.warmUpMs ?? []),
  );
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  return `${seconds(Math.min(...times))} to ${seconds(Math.max(...times))} s`;
}

function cachingTexts(cell: Cell): string[] {
  const sum = (of: 'reads' | 'saved' | 'stale') =>
    cell.samples.reduce((total, { caching }) => total + (caching?.[of] ?? 0), 0);
  const share = (part: number) => `${((100 * part) / Math.max(1, sum('reads'))).toFixed(1)} %`;
  return [share(sum('saved')), sum('stale') === 0 ? '0' : share(sum('stale'))];
}

/** The two drivers on the same server: ours, which decodes every answer, over autocannon. */
function crossCheck(result: Result, scenario: string): string[] {
  return result.cells.flatMap((cell) => {
    if (cell.scenario !== scenario || !isValid(cell)) return [];
    const byAutocannon = typical(cell, 'autocannon');
    const own = typical(cell, 'throughput');
    if (byAutocannon === undefined || own === undefined) return [];
    const connections = cell.samples[0]?.autocannon?.connections;
    const cpu = typical(cell, 'cpuUnderAutocannon');
    return `autocannon on ${labelOf(cell)}: ${formatCount(byAutocannon)}/s over ${connections} connections, ${formatNumber(cpu)} µs of CPU a call; our driver ${(own / byAutocannon).toFixed(2)} of that.`;
  });
}

function eventTable(result: Result, scenario: Scenario): Table {
  const cells = cellsOf(result, scenario);
  const columns = [
    left(''),
    right('p50 ms'),
    right('p90'),
    right('p99'),
    right('deliveries'),
    right('lost'),
    right('of SSE [95 %]'),
    right('CPU µs/event'),
    right('bytes out/event'),
    right('bytes in/event'),
  ];
  const rows = cells.map((cell) => {
    if (!isValid(cell)) return hollow(cell, columns.length);
    const baseline = findCell(result, scenario.name, scenario.baseline);
    const lost = cell.samples.reduce((sum, { delivery }) => sum + (delivery?.missing ?? 0), 0);
    return [
      labelOf(cell),
      ...latencyTexts(cell, ({ delivery }) => delivery?.delay),
      String(lost),
      cell === baseline ? '1' : formatRatio(compareCells(result, cell, baseline, 'delay')),
      formatNumber(typical(cell, 'cpuPerEvent')),
      formatCount(typical(cell, ({ delivery }) => delivery?.sentBytesPerEvent)),
      formatCount(typical(cell, ({ delivery }) => delivery?.receivedBytesPerEvent)),
    ];
  });
  return {
    title: scenario.title,
    lead: `${scenario.what} CPU is that of publishing and of all deliveries; the row without watchers is publishing alone.`,
    columns,
    rows,
    notes: [...floorNote(result, scenario.name, ['delay', 'cpuPerEvent']), ...notesFor(cells)],
  };
}

function errorTable(result: Result, scenario: Scenario): Table {
  const cells = cellsOf(result, scenario).filter(isValid);
  const failures = [
    ...new Set(
      cells.flatMap(({ samples }) => samples[0]?.failures ?? []).map((one) => one.failure),
    ),
  ];
  const rows = failures
    .filter((failure) => failure !== goodRead && failure !== goodCreate)
    .map((failure) => [
      `\`${failure}\``,
      ...cells.map((cell) => {
        const told = cell.samples[0]?.failures?.find((one) => one.failure === failure);
        return told ? `${told.shape}; ${told.receivedBytes}/${told.repeatedBytes} B` : missing;
      }),
    ]);
  const costRow = (failure: string, good: string) => [
    `${failure}, CPU of ${good.replace('none, ', '')}`,
    ...cells.map((cell) => {
      const ratio = costRatio(cell, failure, good);
      return ratio === undefined ? missing : `${ratio.toFixed(2)}×`;
    }),
  ];
  return {
    title: scenario.title,
    lead: `${scenario.what} Bytes received: the first of its kind on a connection in use, and the same once more.`,
    columns: [left(''), ...cells.map((cell) => left(labelOf(cell)))],
    rows: [...rows, costRow('not_found', goodRead), costRow('validation_failed', goodCreate)],
    notes: notesFor(cellsOf(result, scenario)),
  };
}

export const cpuOfFailure = (sample: Sample, failure: string): number | undefined => {
  const found = sample.failures?.find((one: FailureSample) => one.failure === failure)?.perCall;
  return found ? found.serverCpuMicros / found.completed : undefined;
};

/** What a failure costs the server, over the good call in the same process. */
export function costRatio(cell: Cell, failure: string, good: string): number | undefined {
  const ratios = cell.samples.flatMap((sample) => {
    const [bad, fine] = [cpuOfFailure(sample, failure), cpuOfFailure(sample, good)];
    return bad && fine ? bad / fine : [];
  });
  return ratios.length === 0 ? undefined : median(ratios);
}

function storageTable({ storage }: Result): Table[] {
  if (!storage) return [];
  const { pointRead, writes } = storage;
  const rows = [
    ['read, bare prepared statement, µs', formatNumber(pointRead.bareMicros)],
    ['read, store, µs', formatNumber(pointRead.storeMicros)],
    ['read, store over bare, µs', formatNumber(pointRead.overBareMicros)],
    ['payments written one by one, per second', formatCount(writes.oneByOnePerSecond)],
    [
      `payments written ${writes.inFlight} at once, per second`,
      formatCount(writes.togetherPerSecond),
    ],
    ['at once over one by one', `${writes.ratio.toFixed(2)}×`],
  ];
  return [
    {
      title: 'The store by itself',
      lead: 'In one process, without a wire: what the store adds to a bare prepared statement, and what sharing commits saves.',
      columns: [left(''), right('')],
      rows,
      notes: [],
    },
  ];
}

/** The table of one scenario; undefined where nothing of it was run. */
export function tableOf(result: Result, scenario: Scenario): Table | undefined {
  if (cellsOf(result, scenario).length === 0) return undefined;
  if (scenario.name === 'events') return eventTable(result, scenario);
  if (scenario.name === 'errors') return errorTable(result, scenario);
  return callTable(result, scenario);
}

/** All tables of a result, in the order of the scenarios. */
export const tablesOf = (result: Result): Table[] => [
  ...scenarios.flatMap((scenario) => tableOf(result, scenario) ?? []),
  ...storageTable(result),
];
