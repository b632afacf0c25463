import { formatCount } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import { left, type ReportTable, right } from '../result/table.ts';
import { type CallWire, callWires, labels } from '../result/wires.ts';
import { highestRate, readsAlone } from '../statistics/mix.ts';
import {
  type Contrast,
  contrast,
  findCell,
  isValid,
  type Metric,
  rangeOf,
} from '../statistics/summary.ts';
import { contrastText, notMeasured, type Question, shownIn, timesOf } from './question.ts';
import { ratioTable } from './ratios.ts';

const scenario = 'mixed';

/** The highest rate of the mix over the highest rate of reads alone. */
const keptInMix: Metric = (sample) => {
  const [whole, alone] = [highestRate(sample), readsAlone(sample)];
  return whole !== undefined && alone ? whole / alone : undefined;
};

interface ComparedWire {
  readonly wire: CallWire;
  readonly alone: Contrast;
  readonly mix: Contrast;
  /** The ratio in the mix over that of reads alone. */
  readonly shift: Contrast;
}

function comparedIn(result: Result): ComparedWire[] {
  return callWires.flatMap((wire) => {
    if (wire === 'rest') return [];
    const by = (metric: Metric) => contrast(result, scenario, [wire, 'rest'], metric);
    const [alone, mix, shift] = [by(readsAlone), by(highestRate), by(keptInMix)];
    return alone && mix && shift ? [{ wire, alone, mix, shift }] : [];
  });
}

const pictureOf = (result: Result): Picture => ({
  kind: 'bars',
  label: 'highest rate of the mix with p99 below 200 ms, calls a second',
  unit: 'calls/s',
  items: callWires.flatMap((wire) => {
    const cell = findCell(result, scenario, wire);
    const range = isValid(cell) ? rangeOf(cell, highestRate) : undefined;
    return range ? [{ label: labels[wire], wire, ...range }] : [];
  }),
});

const rateText = (range: ReturnType<typeof rangeOf>, unit = ''): string =>
  range ? `${formatCount(range.value)}${unit}` : '–';

/** What the picture does not show: reads alone, and the spike. */
const spikeTable = (result: Result): ReportTable => ({
  title: 'highest rates, and a tenfold spike of two seconds',
  lead: '',
  columns: [left(''), ...['mix/s', 'reads alone/s', 'recovery ms'].map(right)],
  rows: callWires.flatMap((wire) => {
    const cell = findCell(result, scenario, wire);
    if (!isValid(cell)) return [];
    const recovery = rangeOf(cell, ({ mix }) => mix?.spike?.recoveryMs ?? undefined);
    const rates = [highestRate, readsAlone].map((metric) => rateText(rangeOf(cell, metric)));
    return [[labels[wire], ...rates, rateText(recovery)]];
  }),
  notes: [],
});

function becauseOf(result: Result, compared: readonly ComparedWire[]): string {
  const each = callWires.flatMap((wire) => {
    const cell = findCell(result, scenario, wire);
    const rate = isValid(cell) ? rangeOf(cell, highestRate) : undefined;
    if (!isValid(cell) || !rate) return [];
    const { low, high } = rate;
    const range = low === high ? '' : ` (${formatCount(low)}–${formatCount(high)})`;
    return [`${labels[wire]} ${rateText(rate, '/s')}${range}`];
  });
  const ratios = compared.map(
    ({ wire, alone, mix, shift }) =>
      `${labels[wire]}: reads alone ${contrastText(alone)}, mix ${contrastText(mix)}, changed by ${contrastText(shift)}`,
  );
  return `Highest rate of the mix with a p99 below 200 ms and at least 99.9 % of calls succeeding: ${each.join(', ')}. Compared with REST: ${ratios.join('; ')}.`;
}

const sizeOf = ({ shift }: ComparedWire): number => Math.abs(Math.log(shift.comparison.ratio));

export const mixedTellsMore: Question = {
  number: 50,
  asks: 'Does a benchmark of one operation predict a mix of them?',
  claim: 'A benchmark of one operation predicts a mix of them',
  source: 'most benchmarks of API styles, which measure one operation',
  scenarios: [scenario],
  wires: callWires,
  judge(result) {
    const compared = comparedIn(result);
    const shifted = compared.filter(({ shift }) => shownIn(shift) !== 'not shown');
    const [largest] = (shifted.length > 0 ? shifted : compared).toSorted(
      (a, b) => sizeOf(b) - sizeOf(a),
    );
    if (!largest) return notMeasured('a mix of calls on REST and another wire');
    const name = labels[largest.wire];
    const evidence = {
      finding: `on this machine, ${name} reaches ${timesOf(largest.alone, "REST's highest rate in reads alone")}, and ${timesOf(largest.mix, 'in a mix of reads, screens and writes')}`,
      because: becauseOf(result, compared),
      picture: pictureOf(result),
      numbers: [
        spikeTable(result),
        ratioTable(
          'rate in the mix over that of reads alone, compared with REST',
          compared.map(({ wire, shift }) => ({ label: labels[wire], found: shift })),
        ),
      ],
    };
    return { answer: shifted.length > 0 ? 'no' : 'no difference shown', ...evidence };
  },
};
