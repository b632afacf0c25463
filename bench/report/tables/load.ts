import { formatCount, formatNumber, formatTenth } from '../../result/format.ts';
import type { Cell, Result, Sample } from '../../result/result.ts';
import { type ReportTable, right } from '../../result/table.ts';
import { cellsOf, labelOf } from '../../scenarios/labels.ts';
import { closedOf, isValid, openOf, overAutocannon, typical } from '../../statistics/summary.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { clientMicros } from '../client-cost.ts';
import {
  baselineLabel,
  byteColumns,
  type CellColumn,
  countText,
  firstSample,
  floorNote,
  notesFor,
  quantileText,
  ratioText,
  tableWith,
} from './columns.ts';

/** Capacity, and cost and latency at a rate that is the same for all. */
export function loadTable(result: Result, scenario: Scenario): ReportTable {
  const cells = cellsOf(result, scenario);
  const first = firstSample(cells);
  const [closed, open] = [first && closedOf(first), first && openOf(first)];
  const of = `of ${baselineLabel(result, scenario)} [95 %]`;
  const response = (sample: Sample) => openOf(sample)?.response;
  const ratio = ratioText.bind(undefined, result, scenario);
  const objective = first?.capacity[0]?.objective;
  const columns: CellColumn[] = [
    ...(closed
      ? ([
          [right('calls/s'), (cell) => formatCount(typical(cell, 'throughput'))],
          [right(of), ratio('throughput')],
          [right('CPU µs/call'), (cell) => formatNumber(typical(cell, 'cpuAtCapacity'))],
        ] as CellColumn[])
      : []),
    ...(open
      ? ([
          [
            right(`CPU µs at ${formatCount(open.perSecond)}/s`),
            (cell) => formatNumber(typical(cell, 'cpuAtRate')),
          ],
          [right(of), ratio('cpuAtRate')],
          // The tool's own cost, beside the server's.
          [
            right(`client µs (${open.driver})`),
            (cell) => formatNumber(typical(cell, (sample) => clientMicros(openOf(sample)))),
          ],
          [right('p50 ms'), quantileText(response, 0.5)],
          [right(of), ratio('responseAtRate')],
          [right('p99'), quantileText(response, 0.99)],
          [right('samples'), countText(response)],
        ] as CellColumn[])
      : []),
    ...(objective
      ? ([
          [
            right(`/s with p99 ≤ ${objective.ms} ms`),
            (cell) => formatCount(typical(cell, 'capacity')),
          ],
        ] as CellColumn[])
      : []),
    ...byteColumns(),
    [right('longest stall ms'), (cell) => formatTenth(longestStall(cell))],
    [right('peak MB'), (cell) => formatTenth(peakMegabytes(cell))],
  ];
  return tableWith(cells, columns, {
    title: scenario.title,
    lead: [
      scenario.what,
      ...(closed
        ? [`Capacity: ${closed.inFlight} calls in flight over ${closed.connections} connections.`]
        : []),
      ...(open
        ? [
            `Cost and latency: Poisson arrivals at ${formatCount(open.perSecond)}/s; latency counts from the intended start.`,
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

/** The longest stall of a server's event loop at equal rate, in any of the processes. */
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

/** Compares our driver with autocannon, in turns on the same server. */
function crossCheck(cells: readonly Cell[]): string[] {
  return cells.flatMap((cell) => {
    if (!isValid(cell)) return [];
    const ratio = typical(cell, overAutocannon);
    if (ratio === undefined) return [];
    return `autocannon on ${labelOf(cell)}: ${formatCount(typical(cell, 'autocannon'))}/s; our driver did ${ratio.toFixed(2)}× as many.`;
  });
}
