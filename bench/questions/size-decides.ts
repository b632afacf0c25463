import { formatBytes } from '../result/format.ts';
import type { LinePicture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import { type CallWire, callWires, labels } from '../result/wires.ts';
import { payload } from '../scenarios/payload.ts';
import { type Crossover, findCrossover } from '../statistics/crossover.ts';
import { sizesOf } from '../statistics/payload-sizes.ts';
import { createRandom } from '../statistics/random.ts';
import {
  type Contrast,
  contrast,
  findCell,
  isValid,
  pairsOf,
  typical,
} from '../statistics/summary.ts';
import {
  contrastText,
  notMeasured,
  type Question,
  shownIn,
  timesOf,
  type Verdict,
} from './question.ts';
import { ratioTable } from './ratios.ts';

type Sizes = ReturnType<typeof sizesOf>;

/** A crossing with an interval; without one, it is not shown. */
type Crossing = Crossover & { readonly interval: NonNullable<Crossover['interval']> };

function crossingOf(result: Result, wire: CallWire, sizes: Sizes): Crossing | undefined {
  const [contender, baseline] = [wire, 'rest'].map((name) => findCell(result, 'payload', name));
  const points = sizes.map(({ workload, bytes }) => ({
    x: bytes,
    pairs: pairsOf(contender, baseline, 'cpuAtCapacity', { workload }),
  }));
  if (points.some(({ pairs }) => pairs.length === 0)) return undefined;
  const found = findCrossover(points, createRandom(result.options.seed));
  return found?.interval && { ...found, interval: found.interval };
}

function pictureOf(result: Result, sizes: Sizes): LinePicture {
  return {
    kind: 'lines',
    x: { label: 'size of the REST response, bytes', unit: 'bytes', scale: 'log' },
    y: { label: 'server CPU, µs a call', unit: 'µs', scale: 'log' },
    series: callWires.flatMap((wire) => {
      const cell = findCell(result, 'payload', wire);
      if (!isValid(cell)) return [];
      const points = sizes.flatMap(({ workload, bytes }) => {
        const y = typical(cell, 'cpuAtCapacity', { workload });
        return y === undefined ? [] : [{ x: bytes, y, valid: true }];
      });
      return [{ label: labels[wire], wire, points }];
    }),
    crossovers: callWires.flatMap((wire) => {
      const found = wire === 'rest' ? undefined : crossingOf(result, wire, sizes);
      return found ? [{ label: `${labels[wire]} and REST`, x: found.x, ...found.interval }] : [];
    }),
  };
}

/** gRPC over REST at one size. */
interface AtSize {
  readonly bytes: number;
  readonly workload: string;
  readonly found: Contrast;
}

const leaderAt = ({ found }: AtSize): 'gRPC' | 'REST' | undefined => {
  const shown = shownIn(found);
  return shown === 'not shown' ? undefined : shown === 'less' ? 'gRPC' : 'REST';
};

/** Two digits, because a boundary is not known more exactly. */
const about = (bytes: number): string => formatBytes(Number(bytes.toPrecision(2)));

const timesAt = ({ found, bytes }: AtSize): string =>
  `${timesOf(found, "REST's CPU")} at ${about(bytes)}`;

type Finding = Pick<Verdict, 'answer' | 'on'> & { readonly finding: string };

/** The answer if one of the two leads at some sizes, and the other at none. */
function ledByOne(leader: string, places: readonly AtSize[]): Finding {
  const led = places.filter((place) => leaderAt(place) !== undefined);
  const [least, most] = [about(led[0]?.bytes ?? 0), about(led.at(-1)?.bytes ?? 0)];
  const [isSmallest, isLargest] = [led[0] === places[0], led.at(-1) === places.at(-1)];
  if (isSmallest && isLargest) {
    return { answer: 'no', finding: `${leader} costs less CPU from ${least} to ${most}` };
  }
  const where = isSmallest
    ? `up to about ${most}, no difference shown above`
    : isLargest
      ? `from about ${least}, no difference shown below`
      : `from about ${least} to ${most}, no difference shown below and above`;
  const finding = `${leader} costs less CPU ${where}, and no crossing of the two is shown`;
  return { answer: 'depends', on: 'the size', finding };
}

function answerOf(places: readonly AtSize[], crossing: Crossing | undefined): Finding {
  const leaders = new Set(places.flatMap((place) => leaderAt(place) ?? []));
  const [leader, other] = leaders;
  const small = about(places[0]?.bytes ?? 0);
  const large = about(places.at(-1)?.bytes ?? 0);
  if (leader === undefined) {
    return { answer: 'no difference shown', finding: `neither leads from ${small} to ${large}` };
  }
  if (other !== undefined) {
    const range = crossing && `${about(crossing.interval.low)}–${about(crossing.interval.high)}`;
    const where = crossing
      ? `${leader} costs less CPU up to about ${about(crossing.x)} (${range}), ${other} above`
      : `${leader} costs less CPU at ${small}, ${other} at larger sizes; where they cross is not shown`;
    return { answer: 'yes', finding: where };
  }
  return ledByOne(leader, places);
}

export const sizeDecides: Question = {
  number: 3,
  asks: 'Do small and large messages have different winners?',
  claim: 'Small messages and large messages have different winners',
  source: 'guides that recommend gRPC for small messages',
  scenarios: ['payload'],
  judge(result) {
    const sizes = sizesOf(result, payload).toSorted((a, b) => a.bytes - b.bytes);
    const places = sizes.flatMap(({ workload, bytes }): AtSize[] => {
      const at = { workload };
      const found = contrast(result, 'payload', ['grpc', 'rest'], 'cpuAtCapacity', at);
      return found ? [{ bytes, workload, found }] : [];
    });
    const [small, large] = [places[0], places.at(-1)];
    if (!small || !large || small === large) return notMeasured('payloads on REST and gRPC');
    const { answer, on, finding } = answerOf(places, crossingOf(result, 'grpc', sizes));
    const named = places.map(({ workload, bytes, found }) => ({
      label: `${workload}, ${formatBytes(bytes)}`,
      found,
    }));
    return {
      answer,
      ...(on && { on }),
      finding: `${finding}; gRPC costs ${timesAt(small)} and ${timesAt(large)}`,
      because: `Server CPU, gRPC over REST: ${named.map(({ label, found }) => `${label} ${contrastText(found)}`).join('; ')}.`,
      picture: pictureOf(result, sizes),
      numbers: [ratioTable('server CPU of a call, gRPC over REST, by size', named)],
    };
  },
};
