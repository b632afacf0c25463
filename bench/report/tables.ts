import {
  formatCount,
  formatMs,
  formatNumber,
  formatRatio,
  formatTenth,
  missing,
} from '../result/format.ts';
import type { Cell, Result, Sample } from '../result/result.ts';
import { type Column, left, right, type Table } from '../result/table.ts';
import { goodCreate, goodRead } from '../scenarios/errors.ts';
import { scenarios } from '../scenarios/index.ts';
import { cellsOf, labelOf } from '../scenarios/labels.ts';
import { costRatio } from '../statistics/failures.ts';
import { type Histogram, quantileMicros } from '../statistics/histogram.ts';
import { pairsNeeded } from '../statistics/paired.ts';
import { sizesOf } from '../statistics/payload-sizes.ts';
import {
  type At,
  closedOf,
  compareCells,
  curveOf,
  findCell,
  floorFor,
  isValid,
  type MetricName,
  merged,
  notesOf,
  openOf,
  overAutocannon,
  typical,
  wireOf,
} from '../statistics/summary.ts';
import type { Scenario } from '../trial/scenario.ts';

/** A column, and what it says of a cell. */
type Field = readonly [Column, (cell: Cell) => string];

/** Hollow: an invalid cell has its name and nothing else. */
const rowsOf = (cells: readonly Cell[], fields: readonly Field[]): string[][] =>
  cells.map((cell) => [
    isValid(cell) ? labelOf(cell) : `${labelOf(cell)} (INVALID)`,
    ...fields.map(([, text]) => (isValid(cell) ? text(cell) : missing)),
  ]);

const tableWith = (
  cells: readonly Cell[],
  fields: readonly Field[],
  rest: Pick<Table, 'title' | 'lead' | 'notes'>,
): Table => ({
  ...rest,
  columns: [left(''), ...fields.map(([column]) => column)],
  rows: rowsOf(cells, fields),
});

const quantileField =
  (histogramOf: (sample: Sample) => string | null | undefined, quantile: number) =>
  (cell: Cell): string => {
    const histogram: Histogram | undefined = merged(cell, histogramOf);
    return formatMs(histogram && quantileMicros(histogram, quantile));
  };

const countField =
  (histogramOf: (sample: Sample) => string | null | undefined) =>
  (cell: Cell): string =>
    formatCount(merged(cell, histogramOf)?.totalCount);

const metricLabels: Partial<Record<MetricName, string>> = {
  throughput: 'calls/s',
  cpuAtCapacity: 'CPU at capacity',
  cpuAtRate: 'CPU at equal rate',
  responseAtRate: 'p50 at equal rate',
  latency: 'time of a call',
  cpuPerEvent: 'CPU of an event',
  delay: 'p50 of the delay',
};

/** How far the same contender is from itself, for each of the figures. */
export function floorNote(result: Result, scenario: string, names: readonly MetricName[]): string {
  const texts = names.flatMap((name) => {
    const floor = floorFor(result, scenario, name);
    return floor === undefined ? [] : `${metricLabels[name] ?? name} ${floor.toFixed(3)}×`;
  });
  return texts.length === 0
    ? 'No noise floor: no baseline was measured against itself.'
    : `Noise floor (a baseline against itself, outer bound of its interval): ${texts.join(', ')}.`;
}

function notesFor(cells: readonly Cell[]): string[] {
  const texts = cells.flatMap((cell) => {
    const label = labelOf(cell);
    if (cell.invalid.length > 0) return cell.invalid.map((why) => `${label}: INVALID, ${why}`);
    return notesOf(cell).map((note) => `${label}: ${note}`);
  });
  const fewest = Math.min(...cells.filter(isValid).map(({ samples }) => samples.length));
  if (fewest >= pairsNeeded || !Number.isFinite(fewest)) return texts;
  const few = `As few as ${fewest} processes of a contender: no interval, no difference shown.`;
  return [...texts, few];
}

const ratioField =
  (result: Result, scenario: Scenario, metric: MetricName, at?: At) =>
  (cell: Cell): string => {
    const baseline = findCell(result, scenario.name, scenario.baseline);
    return cell === baseline ? '1' : formatRatio(compareCells(result, cell, baseline, metric, at));
  };

function baselineLabel(result: Result, { name, baseline }: Scenario): string {
  const cell = findCell(result, name, baseline);
  return cell ? labelOf(cell) : baseline;
}

const byteFields = (at?: At): Field[] => [
  [
    right('bytes out'),
    (cell) => formatCount(typical(cell, (sample) => wireOf(sample, at)?.sentBytesPerCall)),
  ],
  [
    right('bytes in'),
    (cell) => formatCount(typical(cell, (sample) => wireOf(sample, at)?.receivedBytesPerCall)),
  ],
  [
    right('queries'),
    (cell) =>
      formatTenth(typical(cell, (sample) => wireOf(sample, at)?.queriesPerCall ?? undefined)),
  ],
];

const firstSample = (cells: readonly Cell[]): Sample | undefined =>
  cells.flatMap(({ samples }) => samples)[0];

/** Capacity, and cost and latency at a rate that is the same for all. */
function loadTable(result: Result, scenario: Scenario): Table {
  const cells = cellsOf(result, scenario);
  const first = firstSample(cells);
  const [closed, open] = [first && closedOf(first), first && openOf(first)];
  const of = `of ${baselineLabel(result, scenario)} [95 %]`;
  const response = (sample: Sample) => openOf(sample)?.response;
  const ratio = ratioField.bind(undefined, result, scenario);
  const objective = first?.capacity[0]?.objective;
  const fields: Field[] = [
    ...(closed
      ? ([
          [right('calls/s'), (cell) => formatCount(typical(cell, 'throughput'))],
          [right(of), ratio('throughput')],
          [right('CPU µs/call'), (cell) => formatNumber(typical(cell, 'cpuAtCapacity'))],
        ] as Field[])
      : []),
    ...(open
      ? ([
          [
            right(`CPU µs at ${formatCount(open.perSecond)}/s`),
            (cell) => formatNumber(typical(cell, 'cpuAtRate')),
          ],
          [right(of), ratio('cpuAtRate')],
          [right('p50 ms'), quantileField(response, 0.5)],
          [right(of), ratio('responseAtRate')],
          [right('p99'), quantileField(response, 0.99)],
          [right('samples'), countField(response)],
        ] as Field[])
      : []),
    ...(objective
      ? ([
          [
            right(`/s with p99 ≤ ${objective.ms} ms`),
            (cell) => formatCount(typical(cell, 'capacity')),
          ],
        ] as Field[])
      : []),
    ...byteFields(),
    [right('longest stall ms'), (cell) => formatTenth(longestStall(cell))],
    [right('peak MB'), (cell) => formatTenth(peakMegabytes(cell))],
  ];
  return tableWith(cells, fields, {
    title: scenario.title,
    lead: [
      scenario.what,
      ...(closed
        ? [`Capacity: ${closed.inFlight} calls under way over ${closed.connections} connections.`]
        : []),
      ...(open
        ? [
            `Cost and latency: independent arrivals at ${formatCount(open.perSecond)}/s, from the intended start.`,
          ]
        : []),
      `Warmed up for ${warmUpRange(cells)}.`,
    ].join(' '),
    notes: [
      floorNote(result, scenario.name, [
        'throughput',
        'cpuAtCapacity',
        'cpuAtRate',
        'responseAtRate',
      ]),
      ...crossCheck(cells),
      ...notesFor(cells),
    ],
  });
}

/** The longest that a server's event loop was held up at equal rate, in any of the processes. */
function longestStall({ samples }: Cell): number | undefined {
  const stalls = samples.flatMap((sample) => openOf(sample)?.serverLoopDelayMs ?? []);
  return stalls.length === 0 ? undefined : Math.max(...stalls);
}

const peakMegabytes = (cell: Cell): number | undefined => {
  const bytes = typical(cell, ({ peakBytes }) => peakBytes ?? undefined);
  return bytes && bytes / 1e6;
};

/** How long the processes warmed up, from the shortest to the longest. */
function warmUpRange(cells: readonly Cell[]): string {
  const times = cells.flatMap(({ samples }) => samples.map(({ warmUpMs }) => warmUpMs));
  if (times.length === 0) return 'no time';
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  return `${seconds(Math.min(...times))} to ${seconds(Math.max(...times))} s`;
}

/** The two drivers on the same server, in turns: ours over autocannon. */
function crossCheck(cells: readonly Cell[]): string[] {
  return cells.flatMap((cell) => {
    if (!isValid(cell)) return [];
    const ratio = typical(cell, overAutocannon);
    if (ratio === undefined) return [];
    return `autocannon on ${labelOf(cell)}: ${formatCount(typical(cell, 'autocannon'))}/s; our driver ${ratio.toFixed(2)} of it.`;
  });
}

/** Without a baseline's repeat, which is compared and not drawn. */
const drawnCells = (result: Result, scenario: Scenario): Cell[] =>
  cellsOf(result, scenario).filter(({ kind }) => kind !== 'again');

/** Throughput by how many calls are under way, and over how many connections. */
function concurrencyTable(result: Result, scenario: Scenario): Table[] {
  const cells = drawnCells(result, scenario);
  const all =
    firstSample(cells)?.closed.filter(({ driver, rttMs }) => driver === 'lean' && rttMs === 0) ??
    [];
  const [main] = all;
  const points = all.filter(({ workload }) => workload === main?.workload);
  if (points.length < 3) return [];
  const sorted = points.toSorted(
    (a, b) => b.connections / b.inFlight - a.connections / a.inFlight || a.inFlight - b.inFlight,
  );
  const fields = sorted.map(
    ({ inFlight, connections }): Field => [
      right(inFlight === connections ? `${inFlight}` : `${inFlight} over ${connections}`),
      (cell) => formatCount(typical(cell, 'throughput', { inFlight, connections })),
    ],
  );
  return [
    tableWith(cells, fields, {
      title: `${scenario.title}: calls a second by calls under way`,
      lead: 'As many connections as calls, except where it says otherwise; HTTP/1.1 has one call at a time on a connection.',
      notes: [],
    }),
  ];
}

/** p99 at shares of each contender's own capacity. */
function curveTable(result: Result, scenario: Scenario): Table[] {
  const cells = drawnCells(result, scenario);
  const first = firstSample(cells);
  const shares = first ? curveOf(first).map(({ share }) => share ?? 0) : [];
  if (shares.length === 0) return [];
  const fields = shares.map(
    (share): Field => [
      right(`${Math.round(share * 100)} %`),
      (cell) => {
        const points = cell.samples.flatMap(
          (sample) => curveOf(sample).find((one) => one.share === share) ?? [],
        );
        const histogram = merged(
          cell,
          (sample) => curveOf(sample).find((one) => one.share === share)?.response,
        );
        const text = formatMs(histogram && quantileMicros(histogram, 0.99));
        const isHollow =
          points.filter(({ invalid }) => invalid.length > 0).length * 2 > points.length;
        return isHollow ? `(${text})` : text;
      },
    ],
  );
  return [
    tableWith(cells, fields, {
      title: `${scenario.title}: p99 in ms by share of capacity`,
      lead: 'Of the capacity that each process showed in its closed loop. In brackets: INVALID, the rate was not achieved in most processes, or another gate speaks against it.',
      notes: [],
    }),
  ];
}

/** One figure of every workload or round trip, a column each. */
function axisTable(
  result: Result,
  scenario: Scenario,
  axis: { readonly title: string; readonly lead: string; readonly metric: MetricName },
  points: readonly { readonly head: string; readonly at: At }[],
  format: (value: number | undefined) => string,
): Table {
  const cells = cellsOf(result, scenario);
  const fields = points.map(
    ({ head, at }): Field => [right(head), (cell) => format(typical(cell, axis.metric, at))],
  );
  return tableWith(cells, fields, {
    title: axis.title,
    lead: axis.lead,
    notes: [floorNote(result, scenario.name, [axis.metric]), ...notesFor(cells)],
  });
}

function payloadTables(result: Result, scenario: Scenario): Table[] {
  const points = sizesOf(result, scenario).map(({ workload, bytes }) => ({
    head: `${workload} (${formatCount(bytes)} B)`,
    at: { workload },
  }));
  const lead = `${scenario.what} In brackets the bytes that REST receives.`;
  const title = `${scenario.title}: server CPU, µs a call`;
  return [
    axisTable(result, scenario, { title, lead, metric: 'cpuAtCapacity' }, points, formatNumber),
    axisTable(
      result,
      scenario,
      { title: `${scenario.title}: calls a second`, lead: '', metric: 'throughput' },
      points,
      formatCount,
    ),
  ];
}

function screenTables(result: Result, scenario: Scenario): Table[] {
  const cells = cellsOf(result, scenario);
  const points = (firstSample(cells)?.closed ?? []).map(({ rttMs, achievedRttMs }) => ({
    head: rttMs === 0 ? 'no distance' : `${rttMs} ms (${formatTenth(achievedRttMs)})`,
    at: { rttMs },
  }));
  const fields: Field[] = [
    [
      right('requests'),
      (cell) => formatTenth(typical(cell, (sample) => wireOf(sample)?.requestsPerCall)),
    ],
    [right('CPU µs/screen'), (cell) => formatNumber(typical(cell, 'cpuAtCapacity'))],
    [
      right(`of ${baselineLabel(result, scenario)} [95 %]`),
      ratioField(result, scenario, 'cpuAtCapacity'),
    ],
    ...byteFields(),
  ];
  const lead =
    'One user, six connections. The link delays both directions, and the handshake; in brackets the round trip that it achieved. It models neither loss nor congestion.';
  const title = `${scenario.title}: mean ms by round-trip time`;
  return [
    tableWith(cells, fields, { title: scenario.title, lead: scenario.what, notes: [] }),
    axisTable(result, scenario, { title, lead, metric: 'latency' }, points, formatMs),
  ];
}

function cachedTable(result: Result, scenario: Scenario): Table {
  const { columns, rows, ...table } = loadTable(result, scenario);
  const sum = (cell: Cell, of: 'reads' | 'saved' | 'stale') =>
    cell.samples.reduce((total, { caching }) => total + (caching?.[of] ?? 0), 0);
  const share = (cell: Cell, part: 'saved' | 'stale') => {
    const count = sum(cell, part);
    return count === 0 ? '0' : `${((100 * count) / Math.max(1, sum(cell, 'reads'))).toFixed(1)} %`;
  };
  const cells = cellsOf(result, scenario);
  return {
    ...table,
    columns: [...columns, right('not sent again'), right('stale')],
    rows: rows.map((row, at) => {
      const cell = cells[at];
      return [
        ...row,
        ...(isValid(cell) ? [share(cell, 'saved'), share(cell, 'stale')] : [missing, missing]),
      ];
    }),
  };
}

function eventTable(result: Result, scenario: Scenario): Table {
  const cells = cellsOf(result, scenario);
  const delay = ({ delivery }: Sample) => delivery?.delay;
  const fields: Field[] = [
    [right('p50 ms'), quantileField(delay, 0.5)],
    [right('p90'), quantileField(delay, 0.9)],
    [right('p99'), quantileField(delay, 0.99)],
    [right('deliveries'), countField(delay)],
    [
      right('lost'),
      ({ samples }) =>
        String(samples.reduce((sum, { delivery }) => sum + (delivery?.missing ?? 0), 0)),
    ],
    [right(`of ${baselineLabel(result, scenario)} [95 %]`), ratioField(result, scenario, 'delay')],
    // Too few in each process for a median of its own.
    [right('first event ms'), quantileField(({ delivery }) => delivery?.firstEvent, 0.5)],
    [right('CPU µs/event'), (cell) => formatNumber(typical(cell, 'cpuPerEvent'))],
    [
      right('bytes out/event'),
      (cell) => formatCount(typical(cell, ({ delivery }) => delivery?.sentBytesPerEvent)),
    ],
    [
      right('bytes in/event'),
      (cell) => formatCount(typical(cell, ({ delivery }) => delivery?.receivedBytesPerEvent)),
    ],
  ];
  return tableWith(cells, fields, {
    title: scenario.title,
    lead: `${scenario.what} CPU is that of publishing and of all deliveries; the row without watchers is publishing alone. First event: from the wish to listen, connection and all.`,
    notes: [floorNote(result, scenario.name, ['delay', 'cpuPerEvent']), ...notesFor(cells)],
  });
}

function idleTable(result: Result, scenario: Scenario): Table {
  const fields: Field[] = [
    [
      right('kB a connection'),
      (cell) => {
        const bytes = typical(cell, 'residentPerConnection');
        return formatNumber(bytes && bytes / 1e3);
      },
    ],
    [right('connections'), (cell) => formatCount(typical(cell, ({ idle }) => idle?.connections))],
    [
      right('MB before'),
      (cell) => {
        const bytes = typical(cell, ({ idle }) => idle?.firstBytes ?? undefined);
        return formatTenth(bytes && bytes / 1e6);
      },
    ],
  ];
  const cells = cellsOf(result, scenario);
  return tableWith(cells, fields, {
    title: scenario.title,
    lead: scenario.what,
    notes: cells.flatMap((cell) => cell.invalid.map((why) => `${labelOf(cell)}: INVALID, ${why}`)),
  });
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

/** What the load generator can do by itself, and what the link adds. */
function calibrationTable({ ceilings, link }: Result): Table[] {
  if (ceilings.length === 0) return [];
  const points = (link?.points ?? []).map(
    ({ askedMs, achievedMs }) => `${askedMs} ms → ${achievedMs.toFixed(2)} ms`,
  );
  return [
    {
      title: 'The generator and the link by themselves',
      lead: 'Calls a second against a null server, which does nothing: what comes nearer to it than 75 % is INVALID.',
      columns: [left('protocol'), left('driver'), right('calls/s'), right('client CPU µs/call')],
      rows: ceilings.map(({ protocol, driver, perSecond, clientCpuShare }) => [
        protocol,
        driver,
        formatCount(perSecond),
        formatNumber((clientCpuShare * 1e6) / perSecond),
      ]),
      notes:
        points.length > 0
          ? [`Round trips of the link, asked and achieved: ${points.join(', ')}.`]
          : [],
    },
  ];
}

/** The tables of one scenario; none where nothing of it was run. */
export function tablesOfScenario(result: Result, scenario: Scenario): Table[] {
  if (cellsOf(result, scenario).length === 0) return [];
  switch (scenario.name) {
    case 'events':
      return [eventTable(result, scenario)];
    case 'errors':
      return [errorTable(result, scenario)];
    case 'idle':
      return [idleTable(result, scenario)];
    case 'payload':
      return payloadTables(result, scenario);
    case 'screen':
      return screenTables(result, scenario);
    case 'cached':
      return [cachedTable(result, scenario)];
    default:
      return [
        loadTable(result, scenario),
        ...concurrencyTable(result, scenario),
        ...curveTable(result, scenario),
      ];
  }
}

/** All tables of a result, in the order of the scenarios. */
export const tablesOf = (result: Result): Table[] => [
  ...scenarios.flatMap((scenario) => tablesOfScenario(result, scenario)),
  ...storageTable(result),
  ...calibrationTable(result),
];
