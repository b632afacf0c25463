import { formatCount, formatMs, formatNumber, missing } from '../../result/format.ts';
import type {
  Cell,
  ClosedLoopSample,
  OpenLoopSample,
  Result,
  Sample,
} from '../../result/result.ts';
import { left, right, type Table } from '../../result/table.ts';
import { scenarios } from '../../scenarios/index.ts';
import { labelOf } from '../../scenarios/labels.ts';
import { mergeHistograms, quantileMicros } from '../../statistics/histogram.ts';

/** Every process's own figures, and each one's ratio to the baseline's process of its round. */

type Loop = ClosedLoopSample | OpenLoopSample;

const quantileText = (histogram: string | null, quantile: number): string =>
  histogram === null ? missing : formatMs(quantileMicros(mergeHistograms([histogram]), quantile));

const cpuOf = ({ serverCpuMicros, completed }: Loop): number | undefined =>
  serverCpuMicros === null || completed === 0 ? undefined : serverCpuMicros / completed;

const ratioText = (value: number | undefined, base: number | undefined): string =>
  value && base ? (value / base).toFixed(3) : missing;

const validity = ({ invalid }: Cell, of: readonly string[] = []): string =>
  invalid.length + of.length === 0 ? 'valid' : `INVALID: ${[...invalid, ...of].join('; ')}`;

interface Source {
  readonly cells: readonly Cell[];
  /** The baseline's processes, by round. */
  readonly base: ReadonlyMap<number, Sample>;
  readonly baseLabel: string;
}

const who = (cell: Cell, { round, order }: Sample): string[] => [
  labelOf(cell),
  String(round + 1),
  String(order + 1),
];
const whoColumns = [left(''), right('round'), right('place')];

function closedTable({ cells, base, baseLabel }: Source): Table {
  const key = (loop: ClosedLoopSample) =>
    `${loop.workload} ${loop.driver} ${loop.connections} ${loop.inFlight} ${loop.rttMs}`;
  const rows = cells.flatMap((cell) =>
    cell.samples.flatMap((sample) =>
      sample.closed.map((loop) => {
        const other = base.get(sample.round)?.closed.find((one) => key(one) === key(loop));
        return [
          ...who(cell, sample),
          loop.workload,
          loop.driver,
          `${loop.inFlight} / ${loop.connections}`,
          formatNumber(loop.rttMs),
          formatCount(loop.perSecond),
          ratioText(loop.perSecond, other?.perSecond),
          formatNumber(cpuOf(loop)),
          ratioText(cpuOf(loop), other && cpuOf(other)),
          quantileText(loop.latency, 0.5),
          formatNumber(loop.clientCpuShare * 100),
          validity(cell, loop.invalid),
        ];
      }),
    ),
  );
  return {
    title: 'Closed loops, each process',
    lead: '',
    columns: [
      ...whoColumns,
      left('workload'),
      left('driver'),
      right('calls / connections'),
      right('RTT ms'),
      right('calls/s'),
      right(`of ${baseLabel}`),
      right('CPU µs'),
      right(`of ${baseLabel}`),
      right('p50 ms'),
      right('client CPU %'),
      left('validity'),
    ],
    rows,
    notes: [],
  };
}

function openTable({ cells, base, baseLabel }: Source): Table {
  const key = (loop: OpenLoopSample) => `${loop.workload} ${loop.share} ${loop.rttMs}`;
  const rows = cells.flatMap((cell) =>
    cell.samples.flatMap((sample) =>
      sample.open.map((loop) => {
        const other = base.get(sample.round)?.open.find((one) => key(one) === key(loop));
        return [
          ...who(cell, sample),
          loop.workload,
          loop.share === null ? 'equal rate' : `${Math.round(loop.share * 100)} %`,
          formatNumber(loop.rttMs),
          formatCount(loop.perSecond),
          loop.achieved.toFixed(3),
          formatNumber(cpuOf(loop)),
          ratioText(cpuOf(loop), other && cpuOf(other)),
          quantileText(loop.response, 0.5),
          quantileText(loop.response, 0.99),
          quantileText(loop.lateness, 0.5),
          `${loop.failed} / ${loop.overflow}`,
          validity(cell, loop.invalid),
        ];
      }),
    ),
  );
  return {
    title: 'Open loops, each process',
    lead: '',
    columns: [
      ...whoColumns,
      left('workload'),
      right('load'),
      right('RTT ms'),
      right('calls/s'),
      right('achieved'),
      right('CPU µs'),
      right(`of ${baseLabel}`),
      right('p50 ms'),
      right('p99 ms'),
      right('late p50 ms'),
      right('failed / overflow'),
      left('validity'),
    ],
    rows,
    notes: [],
  };
}

function wireTable({ cells }: Source): Table {
  const rows = cells.flatMap((cell) =>
    cell.samples.flatMap((sample) =>
      sample.wire.map((wire) => [
        ...who(cell, sample),
        wire.workload,
        formatNumber(wire.requestsPerCall),
        formatCount(wire.sentBytesPerCall),
        formatCount(wire.receivedBytesPerCall),
        formatCount(wire.firstSentBytes),
        formatCount(wire.firstReceivedBytes),
        formatNumber(wire.queriesPerCall ?? undefined),
      ]),
    ),
  );
  return {
    title: 'Bytes and queries of a call, each process',
    lead: '',
    columns: [
      ...whoColumns,
      left('workload'),
      right('requests'),
      right('bytes out'),
      right('bytes in'),
      right('first out'),
      right('first in'),
      right('queries'),
    ],
    rows,
    notes: [],
  };
}

function deliveryTable({ cells }: Source): Table {
  const rows = cells.flatMap((cell) =>
    cell.samples.flatMap((sample) => {
      const { delivery } = sample;
      if (!delivery) return [];
      const { serverCpuMicros, published } = delivery;
      return [
        [
          ...who(cell, sample),
          formatCount(delivery.watchers),
          formatCount(published),
          formatCount(delivery.delivered),
          `${delivery.missing} / ${delivery.misplaced}`,
          quantileText(delivery.delay, 0.5),
          quantileText(delivery.delay, 0.99),
          formatNumber(serverCpuMicros === null ? undefined : serverCpuMicros / published),
          formatCount(delivery.receivedBytesPerEvent),
          validity(cell),
        ],
      ];
    }),
  );
  return {
    title: 'Events, each process',
    lead: '',
    columns: [
      ...whoColumns,
      right('watchers'),
      right('published'),
      right('delivered'),
      right('missing / misplaced'),
      right('delay p50 ms'),
      right('p99 ms'),
      right('CPU µs'),
      right('bytes in'),
      left('validity'),
    ],
    rows,
    notes: [],
  };
}

function otherTable({ cells }: Source): Table {
  const rows = cells.flatMap((cell) =>
    cell.samples.flatMap((sample) => [
      ...sample.capacity.map(({ workload, objective, perSecond, steps }) => [
        ...who(cell, sample),
        `${workload}: highest rate with p${objective.quantile * 100} ≤ ${objective.ms} ms`,
        `${formatCount(perSecond ?? undefined)}/s; tried ${steps.map((step) => `${formatCount(step.perSecond)} ${step.met ? 'met' : 'not met'}`).join(', ')}`,
      ]),
      ...(sample.failures ?? []).map((one) => [
        ...who(cell, sample),
        one.failure,
        `${one.shape}; ${one.receivedBytes} / ${one.repeatedBytes} B${one.perCall?.serverCpuMicros ? `; ${formatNumber(one.perCall.serverCpuMicros / one.perCall.completed)} µs` : ''}`,
      ]),
      ...(sample.caching
        ? [
            [
              ...who(cell, sample),
              'reads, asked, saved, stale',
              `${sample.caching.reads}, ${sample.caching.asked}, ${sample.caching.saved}, ${sample.caching.stale}`,
            ],
          ]
        : []),
    ]),
  );
  return {
    title: 'Capacity, caching and failures, each process',
    lead: '',
    columns: [...whoColumns, left('what'), left('measured')],
    rows,
    notes: [],
  };
}

/** All tables of a scenario that have something in them. */
export function rawTables(result: Result, scenario: string): Table[] {
  const cells = result.cells.filter((cell) => cell.scenario === scenario);
  const name = scenarios.find((one) => one.name === scenario)?.baseline;
  const baseline = cells.find(({ contender }) => contender === name);
  const source: Source = {
    cells,
    base: new Map(baseline?.samples.map((sample) => [sample.round, sample])),
    baseLabel: baseline ? labelOf(baseline) : '',
  };
  return [closedTable, openTable, wireTable, deliveryTable, otherTable]
    .map((table) => table(source))
    .filter(({ rows }) => rows.length > 0);
}
