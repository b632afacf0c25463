import { formatBytes, formatCount, formatNumber } from '../result/format.ts';
import { labels, roomWires } from '../result/wires.ts';
import { findCell, isValid, rangeOf, typical } from '../statistics/summary.ts';
import { notMeasured, type Question } from './question.ts';

const claimed = 100_000;

export const connectionsAreCheap: Question = {
  number: 12,
  asks: 'Does one server hold 100,000 WebSockets?',
  claim: 'One server holds 50,000 to 100,000 WebSocket connections',
  source: 'guides to scaling WebSockets',
  scenarios: ['idle'],
  judge(result) {
    const wires = roomWires
      .flatMap((wire) => {
        const cell = findCell(result, 'idle', wire);
        const bytes = isValid(cell) ? typical(cell, 'residentPerConnection') : undefined;
        return bytes === undefined || !cell ? [] : [{ wire, bytes, cell }];
      })
      .toSorted((a, b) => a.bytes - b.bytes);
    const websocket = wires.find(({ wire }) => wire === 'websocket');
    const opened = websocket?.cell.samples.find(({ idle }) => idle)?.idle?.connections;
    if (!websocket || !opened) {
      return notMeasured(
        'idle WebSocket connections: `--only idle` measures them if the platform reports memory',
      );
    }
    const needed = websocket.bytes * claimed;
    const { memoryBytes } = result.environment;
    const range = rangeOf(websocket.cell, 'residentPerConnection');
    const rangeText = `${formatNumber(websocket.bytes / 1e3)} kB${range ? ` (${formatNumber(range.low / 1e3)}–${formatNumber(range.high / 1e3)})` : ''}`;
    const each = wires.map(({ wire, bytes }) => `${labels[wire]} ${formatNumber(bytes / 1e3)} kB`);
    return {
      // Enough memory does not prove it: no more than `opened` were open at once.
      answer: needed > memoryBytes ? 'no' : 'depends',
      on: 'more than memory',
      finding: `an idle WebSocket connection takes ${rangeText}, so ${formatCount(claimed)} would take ${formatBytes(needed)} of this machine's ${formatBytes(memoryBytes)}; ${formatCount(opened)} were open at once`,
      because: `Resident for each idle connection: ${each.join(', ')}. ${formatCount(claimed)} over WebSocket would take ${formatNumber(needed / 1e9)} GB of this machine's ${formatNumber(memoryBytes / 1e9)} GB. Estimated from ${formatCount(opened)} connections; file descriptors, ports and the work of connections that wake were not measured.`,
      picture: {
        kind: 'bars',
        label: 'resident memory for each idle connection, kB',
        unit: 'kB',
        items: wires.map(({ wire, bytes }) => ({
          label: labels[wire],
          wire,
          value: bytes / 1e3,
        })),
      },
    };
  },
};
