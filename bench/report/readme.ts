import { formatCount, formatMs, formatNumber, missing } from '../result/format.ts';
import type { Cell, Result } from '../result/result.ts';
import { left, renderMarkdownRows, right } from '../result/table.ts';
import { labels, roomWires } from '../result/wires.ts';
import { labelOf } from '../scenarios/labels.ts';
import { quantileMicros } from '../statistics/histogram.ts';
import {
  closedOf,
  findCell,
  floorFor,
  isValid,
  merged,
  openOf,
  typical,
  wireOf,
} from '../statistics/summary.ts';

/** The way of each wire to load the screen. */
const screenWay: Readonly<Record<string, string>> = {
  rest: 'rest-expand',
  grpc: 'grpc-batch',
  graphql: 'graphql-loaders',
};

const orMissing = (cell: Cell | undefined, text: (cell: Cell) => string): string =>
  isValid(cell) ? text(cell) : missing;

const p99AtRate = (cell: Cell): string => {
  const histogram = merged(cell, (sample) => openOf(sample)?.response);
  return formatMs(histogram && quantileMicros(histogram, 0.99));
};

/** How far the numbers can be trusted: a difference below this was not shown. */
function floorText(result: Result): string {
  const floors = [
    ['reads/s', floorFor(result, 'point-read', 'throughput')],
    ['CPU a read', floorFor(result, 'point-read', 'cpuAtRate')],
    ['creates/s', floorFor(result, 'create', 'throughput')],
    ['event', floorFor(result, 'events', 'delay')],
  ] as const;
  const texts = floors.flatMap(([name, floor]) =>
    floor === undefined ? [] : [`${name} ${floor.toFixed(2)}×`],
  );
  return texts.length === 0
    ? 'No noise floor was measured: nothing here shows a difference.'
    : `**Noise floor** (the same contender against itself): ${texts.join(', ')}. Differences smaller than this are not significant in this run.`;
}

/** README's first table: one row a wire, from one committed result, with machine and date. */
export function renderReadmeTable(result: Result): string {
  const rows = roomWires.map((wire) => {
    const read = findCell(result, 'point-read', wire);
    const create = findCell(result, 'create', wire);
    const event = findCell(result, 'events', wire);
    const screen = findCell(result, 'screen', screenWay[wire] ?? '');
    return [
      labels[wire],
      orMissing(read, (cell) => formatCount(typical(cell, 'throughput'))),
      orMissing(read, (cell) => formatNumber(typical(cell, 'cpuAtRate'))),
      orMissing(read, p99AtRate),
      orMissing(read, (cell) =>
        formatCount(typical(cell, (sample) => wireOf(sample)?.receivedBytesPerCall)),
      ),
      orMissing(create, (cell) => formatCount(typical(cell, 'throughput'))),
      orMissing(
        screen,
        (cell) => `${formatMs(typical(cell, 'latency'))} (${labelOf(cell).split(', ')[1]})`,
      ),
      orMissing(event, (cell) => formatMs(typical(cell, 'delay'))),
    ];
  });
  const columns = [
    left(''),
    right('reads/s'),
    right('CPU µs a read'),
    right('p99 ms'),
    right('bytes'),
    right('creates/s'),
    right('screen ms'),
    right('event ms'),
  ];
  const { environment, startedAt, options } = result;
  const [sample] = findCell(result, 'point-read', 'rest')?.samples ?? [];
  const perSecond = sample && openOf(sample)?.perSecond;
  const underWay = (scenario: string) => {
    const [first] = findCell(result, scenario, 'rest')?.samples ?? [];
    const load = first && closedOf(first);
    return load ? `${load.inFlight} in flight over ${load.connections} connections` : missing;
  };
  return [
    renderMarkdownRows({ columns, rows }),
    '',
    `${startedAt.slice(0, 10)}, ${environment.cpuModel}, ${environment.cores} cores, Node ${environment.node}, revision ${environment.revision?.slice(0, 12) ?? 'unknown'}, seed ${options.seed}. Closed loop: reads ${underWay('point-read')}, creates ${underWay('create')}. CPU and p99: at ${formatCount(perSecond)} reads/s. Screen: mean, one user. Event: median.`,
    '',
    floorText(result),
  ].join('\n');
}
