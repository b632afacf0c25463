import type { Result } from '../result/result.ts';
import { labels, type WireName } from '../result/wires.ts';
import { type Contrast, contrast } from '../statistics/summary.ts';
import {
  contrastText,
  isComparable,
  notComparable,
  notMeasured,
  shownIn,
  timesOf,
  type Verdict,
} from './question.ts';
import { ratioPicture, ratioTable } from './ratios.ts';

type AspectMetric = 'cpuAtRate' | 'responseAtRate' | 'throughput';

/** A metric of a workload in which a wire can be better than another. */
interface Aspect {
  readonly workload: 'read' | 'create';
  readonly scenario: string;
  readonly metric: AspectMetric;
  readonly better: 'more' | 'less';
}

const metricsOf: readonly (readonly [AspectMetric, Aspect['better']])[] = [
  ['cpuAtRate', 'less'],
  ['responseAtRate', 'less'],
  ['throughput', 'more'],
];

/** Server CPU comes first, and the read before the create. */
const aspects: readonly Aspect[] = metricsOf.flatMap(([metric, better]) => [
  { workload: 'read', scenario: 'point-read', metric, better },
  { workload: 'create', scenario: 'create', metric, better },
]);

const metricLabels: Readonly<Record<AspectMetric, string>> = {
  cpuAtRate: 'server CPU at equal rate',
  responseAtRate: 'p50 at equal rate',
  throughput: 'capacity',
};

const nameOf = ({ workload, metric }: Aspect): string => `${workload}, ${metricLabels[metric]}`;

function clauseOf(
  { workload, metric }: Aspect,
  [contender, baseline]: readonly [WireName, WireName],
  found: Contrast,
): string {
  const [one, other] = [labels[contender], labels[baseline]];
  if (metric === 'cpuAtRate')
    return `a ${one} ${workload} costs ${timesOf(found, `${other}'s server CPU`)}`;
  return metric === 'responseAtRate'
    ? `the median latency of a ${one} ${workload} is ${timesOf(found, `${other}'s`)}`
    : `${one} does ${timesOf(found, `${other}'s ${workload}s a second`)}`;
}

interface Judged {
  readonly aspect: Aspect;
  readonly found: Contrast;
}

const verdictOf = ({ aspect, found }: Judged): 'better' | 'worse' | 'neither' => {
  const shown = shownIn(found);
  if (shown === 'not shown') return 'neither';
  return shown === aspect.better ? 'better' : 'worse';
};

/** The clauses of the sentence, and what the answer depends on. */
function findingOf(all: readonly Judged[], pair: readonly [WireName, WireName]) {
  const comparable = all.filter(({ found }) => isComparable(found));
  const first = (wanted: ReturnType<typeof verdictOf>) =>
    comparable.find((one) => verdictOf(one) === wanted);
  const [better, worse] = [first('better'), first('worse')];
  const sizes = [better, worse].filter((one) => one !== undefined);
  const clauses = (sizes.length > 0 ? sizes : comparable.slice(0, 1)).map(({ aspect, found }) =>
    clauseOf(aspect, pair, found),
  );
  const noisy = new Set(
    all.filter(({ found }) => !isComparable(found)).map(({ aspect }) => aspect.workload),
  );
  const lost = [...noisy].filter(
    (one) => !comparable.some(({ aspect }) => aspect.workload === one),
  );
  const ending = lost.map((one) => `; ${one}s are too noisy to be compared in this run`).join('');
  return {
    on: better?.aspect.metric === worse?.aspect.metric ? 'the operation' : 'the measure',
    finding: `in Node, ${clauses.join(', but ')}${ending}`,
    hasBetter: better !== undefined,
    hasWorse: worse !== undefined,
  };
}

/** Answers yes if the contender is better wherever a difference is shown, no if nowhere. */
export function judgeWires(result: Result, pair: readonly [WireName, WireName]): Verdict {
  const [contender, baseline] = [labels[pair[0]], labels[pair[1]]];
  const all = aspects.flatMap((aspect) => {
    const found = contrast(result, aspect.scenario, pair, aspect.metric);
    return found ? [{ aspect, found }] : [];
  });
  const [first] = all;
  if (!first) return notMeasured(`${contender} and ${baseline}`);
  if (!all.some(({ found }) => isComparable(found))) {
    return notComparable(`${contender} and ${baseline}`, first.found);
  }
  const named = all.map(({ aspect, found }) => ({ label: nameOf(aspect), wire: pair[0], found }));
  const drawn = all.filter(({ aspect }) => aspect.metric === first.aspect.metric);
  const { on, finding, hasBetter, hasWorse } = findingOf(all, pair);
  const verdict = {
    finding,
    because: `${contender} over ${baseline}: ${named.map(({ label, found }) => `${label} ${contrastText(found)}`).join('; ')}.`,
    picture: ratioPicture(
      {
        label: `${contender} over ${baseline}, ${metricLabels[first.aspect.metric]}`,
        contender,
        baseline,
        better: first.aspect.better,
      },
      drawn.map(({ aspect, found }) => ({ label: aspect.workload, wire: pair[0], found })),
    ),
    numbers: [ratioTable(`${contender} over ${baseline}, every measure`, named)],
  };
  if (hasBetter && hasWorse) return { answer: 'depends', on, ...verdict };
  if (hasBetter) return { answer: 'yes', ...verdict };
  return { answer: hasWorse ? 'no' : 'no difference shown', ...verdict };
}
