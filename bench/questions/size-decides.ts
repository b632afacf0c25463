import { formatBytes } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import { type CallWire, callWires, labels } from '../result/wires.ts';
import { payload } from '../scenarios/payload.ts';
import { type Crossover, findCrossover } from '../statistics/crossover.ts';
import { sizesOf } from '../statistics/payload-sizes.ts';
import { createRandom } from '../statistics/random.ts';
import { contrast, findCell, isValid, pairsOf, typical } from '../statistics/summary.ts';
import { contrastText, notMeasured, type Question, timesOf } from './question.ts';

function crossoverOf(
  result: Result,
  wire: CallWire,
  sizes: ReturnType<typeof sizesOf>,
): Crossover | undefined {
  const points = sizes.map(({ workload, bytes }) => ({
    x: bytes,
    pairs: pairsOf(
      findCell(result, 'payload', wire),
      findCell(result, 'payload', 'rest'),
      'cpuAtCapacity',
      { workload },
    ),
  }));
  if (points.some(({ pairs }) => pairs.length === 0)) return undefined;
  return findCrossover(points, createRandom(result.options.seed));
}

function pictureOf(
  result: Result,
  sizes: ReturnType<typeof sizesOf>,
  crossovers: readonly { readonly wire: CallWire; readonly found: Crossover }[],
): Picture {
  return {
    kind: 'lines',
    x: { label: 'bytes of the REST response', scale: 'log' },
    y: { label: 'server CPU, µs a call', scale: 'log' },
    series: callWires.flatMap((wire) => {
      const cell = findCell(result, 'payload', wire);
      if (!isValid(cell)) return [];
      const points = sizes.flatMap(({ workload, bytes }) => {
        const y = typical(cell, 'cpuAtCapacity', { workload });
        return y === undefined ? [] : [{ x: bytes, y, valid: true }];
      });
      return [{ label: labels[wire], wire, points }];
    }),
    crossovers: crossovers.map(({ wire, found: { x, interval } }) => ({
      label: `${labels[wire]} and REST`,
      x,
      low: interval?.low,
      high: interval?.high,
    })),
  };
}

export const sizeDecides: Question = {
  number: 3,
  asks: 'Do small and large messages have different winners?',
  claim: 'Small messages and large messages have different winners',
  source: 'guides that recommend gRPC for small messages',
  scenarios: ['payload'],
  judge(result) {
    const sizes = sizesOf(result, payload);
    const [small, large] = [sizes[0], sizes.at(-1)];
    const contrastAt = (workload: string) =>
      contrast(result, 'payload', ['grpc', 'rest'], 'cpuAtCapacity', { workload });
    const [first, last] = [
      small && contrastAt(small.workload),
      large && contrastAt(large.workload),
    ];
    if (!small || !large || !first || !last) return notMeasured('payloads on REST and gRPC');
    const crossovers = callWires.flatMap((wire) => {
      const found = wire === 'rest' ? undefined : crossoverOf(result, wire, sizes);
      return found ? [{ wire, found }] : [];
    });
    const ofGrpc = crossovers.find(({ wire }) => wire === 'grpc')?.found;
    const range = ofGrpc?.interval
      ? ` (${formatBytes(ofGrpc.interval.low)}–${formatBytes(ofGrpc.interval.high)})`
      : '';
    const changes = ofGrpc
      ? `the winner changes at ${formatBytes(ofGrpc.x)}${range}`
      : 'the winner does not change in between';
    const because = `Server CPU, gRPC compared with REST: ${small.workload} (${formatBytes(small.bytes)}) ${contrastText(first)}; ${large.workload} (${formatBytes(large.bytes)}) ${contrastText(last)}; ${changes}.`;
    const picture = pictureOf(result, sizes, crossovers);
    const finding = `gRPC cost ${timesOf(first, "REST's server CPU")} at ${formatBytes(small.bytes)} and ${contrastText(last)} at ${formatBytes(large.bytes)}; ${changes}`;
    const shown = [first, last].map(({ difference }) => difference);
    if (shown.every((one) => one === 'not shown')) {
      return { answer: 'no difference shown', because, picture, finding };
    }
    const [left, right] = shown;
    const differ = left !== right && !shown.includes('not shown');
    return { answer: differ ? 'yes' : ofGrpc ? 'depends' : 'no', because, picture, finding };
  },
};
