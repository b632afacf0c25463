import { formatCount } from '../result/format.ts';
import type { Cell, Result, Sample, WireSample } from '../result/result.ts';
import { scenarioNames, scenarios } from '../scenarios/index.ts';
import { type Histogram, quantileMicros, samplesBeyond } from '../statistics/histogram.ts';
import { median } from '../statistics/paired.ts';
import {
  type At,
  closedOf,
  findCell,
  type MetricName,
  merged,
  openOf,
  typical,
  wireOf,
} from '../statistics/summary.ts';
import type { Block } from '../trial/plan.ts';
import {
  conditionsOfClosed,
  conditionsOfOpen,
  describeConditions,
  faultOfLoads,
} from './load-conditions.ts';

/** A limit that a figure has to keep. */
interface Threshold {
  readonly text: string;
  readonly contender: string;
  readonly scenario: string;
  /** Defaults to the first of the cell's workloads. */
  readonly workload: string | undefined;
  readonly figure: string;
  readonly operator: Operator;
  readonly limit: number;
  readonly unit: string;
}

export interface Judgement {
  readonly text: string;
  readonly verdict: 'met' | 'not met' | 'not measured';
  /** The figure in the threshold's unit and how it was loaded, or why it is missing. */
  readonly measured: string;
}

const operators = {
  '<': (value: number, limit: number) => value < limit,
  '<=': (value: number, limit: number) => value <= limit,
  '>': (value: number, limit: number) => value > limit,
  '>=': (value: number, limit: number) => value >= limit,
} as const;

type Operator = keyof typeof operators;

/** A figure in its first unit, or why it is not known. */
type MetricReading =
  | { readonly value: number; readonly how: string }
  | { readonly value?: undefined; readonly reason: string };

interface ThresholdMetric {
  /** Each unit in the figure's own. */
  readonly units: Readonly<Record<string, number>>;
  /** Whether it belongs to a workload; a delivered event does not. */
  readonly hasWorkload: boolean;
  read(cell: Cell, at: At): MetricReading;
}

const time = { us: 1, µs: 1, ms: 1000, s: 1_000_000 };
const rate = { '/s': 1 };
const bytes = { B: 1, kB: 1000, MB: 1_000_000 };
const plain = { '': 1 };

const none = (reason: string): MetricReading => ({ reason });
const unknown = none('the server does not report it');

const ofProcesses = (cell: Cell): string => `${cell.samples.length} processes`;

function quantileReading(
  histogram: Histogram | undefined,
  quantile: number,
  how: string,
): MetricReading {
  const value = histogram && quantileMicros(histogram, quantile);
  if (value !== undefined) return { value, how };
  const samples = formatCount(histogram?.totalCount ?? 0);
  return none(`of ${samples} samples fewer than ${samplesBeyond} are beyond it`);
}

/** What was measured of a workload in a cell, or the workloads that there are. */
function loadsOf<Load extends { readonly workload: string }>(
  cell: Cell,
  at: At,
  loadOf: (sample: Sample, at: At) => Load | undefined,
  all: (sample: Sample) => readonly { readonly workload: string }[],
): { readonly loads: readonly Load[]; readonly missing: MetricReading } {
  const loads = cell.samples.flatMap((sample) => loadOf(sample, at) ?? []);
  const workloads = [...new Set(cell.samples.flatMap(all).map(({ workload }) => workload))];
  const missing =
    at.workload === undefined || workloads.length === 0
      ? none('not measured in this scenario')
      : none(`no workload '${at.workload}'; there is ${workloads.join(', ')}`);
  return { loads, missing };
}

/** A figure of the open loop at equal rate. */
const atRate = (
  units: ThresholdMetric['units'],
  read: (cell: Cell, at: At, how: string) => MetricReading,
): ThresholdMetric => ({
  units,
  hasWorkload: true,
  read(cell, at) {
    const all = ({ open }: Sample) => open.filter(({ share }) => share === null);
    const { loads, missing } = loadsOf(cell, at, openOf, all);
    const [first] = loads;
    if (!first) return missing;
    const fault = faultOfLoads(loads);
    const how = `${first.workload} at ${describeConditions(conditionsOfOpen(first))}, ${ofProcesses(cell)}`;
    return fault ? none(fault) : read(cell, at, how);
  },
});

const response = (quantile: number): ThresholdMetric =>
  atRate(time, (cell, at, how) =>
    quantileReading(
      merged(cell, (sample) => openOf(sample, at)?.response),
      quantile,
      how,
    ),
  );

const typicalReading = (cell: Cell, metric: MetricName, at: At, how: string): MetricReading => {
  const value = typical(cell, metric, at);
  return value === undefined ? unknown : { value, how };
};

/** A figure of the closed loop. */
const atCapacity = (units: ThresholdMetric['units'], metric: MetricName): ThresholdMetric => ({
  units,
  hasWorkload: true,
  read(cell, at) {
    const { loads, missing } = loadsOf(cell, at, closedOf, ({ closed }) => closed);
    const [first] = loads;
    if (!first) return missing;
    const how = `${first.workload}, ${describeConditions(conditionsOfClosed(first))}, ${ofProcesses(cell)}`;
    // Server CPU is valid even if the client was the limit.
    const fault = metric === 'cpuAtCapacity' ? undefined : faultOfLoads(loads);
    return fault ? none(fault) : typicalReading(cell, metric, at, how);
  },
});

/** The highest rate that met the objective; a process of which none did can do 0 a second. */
const capacity: ThresholdMetric = {
  units: rate,
  hasWorkload: true,
  read(cell, at) {
    const found = (sample: Sample) =>
      sample.capacity.find(({ workload }) => at.workload === undefined || workload === at.workload);
    const { loads, missing } = loadsOf(cell, at, found, (sample) => sample.capacity);
    const [first] = loads;
    if (!first) return missing;
    const { quantile, ms } = first.objective;
    return {
      value: median(loads.map(({ perSecond }) => perSecond ?? 0)),
      how: `${first.workload} with p${quantile * 100} ≤ ${ms} ms, ${ofProcesses(cell)}`,
    };
  },
};

const perCall = (
  units: ThresholdMetric['units'],
  of: (wire: WireSample) => number | null,
): ThresholdMetric => ({
  units,
  hasWorkload: true,
  read(cell, at) {
    const { loads, missing } = loadsOf(cell, at, wireOf, ({ wire }) => wire);
    const [first] = loads;
    if (!first) return missing;
    const values = loads.flatMap((load) => of(load) ?? []);
    if (values.length === 0) return unknown;
    return { value: median(values), how: `${first.workload}, a call, ${ofProcesses(cell)}` };
  },
});

/** A figure of the events that were delivered. */
const ofEvents = (read: (cell: Cell, how: string) => MetricReading): ThresholdMetric => ({
  units: time,
  hasWorkload: false,
  read(cell) {
    const delivery = cell.samples.find((sample) => sample.delivery)?.delivery;
    if (!delivery) return none('not measured in this scenario');
    return read(cell, `an event, ${delivery.watchers} watchers, ${ofProcesses(cell)}`);
  },
});

const delay = (quantile: number): ThresholdMetric =>
  ofEvents((cell, how) =>
    quantileReading(
      merged(cell, ({ delivery }) => delivery?.delay),
      quantile,
      how,
    ),
  );

/** Every figure that can be limited, by its name. */
const figures: Readonly<Record<string, ThresholdMetric>> = {
  p50: response(0.5),
  p90: response(0.9),
  p99: response(0.99),
  p999: response(0.999),
  cpu: atRate(time, (cell, at, how) => typicalReading(cell, 'cpuAtRate', at, how)),
  'cpu-at-capacity': atCapacity(time, 'cpuAtCapacity'),
  throughput: atCapacity(rate, 'throughput'),
  capacity,
  'bytes-out': perCall(bytes, ({ sentBytesPerCall }) => sentBytesPerCall),
  'bytes-in': perCall(bytes, ({ receivedBytesPerCall }) => receivedBytesPerCall),
  queries: perCall(plain, ({ queriesPerCall }) => queriesPerCall),
  requests: perCall(plain, ({ requestsPerCall }) => requestsPerCall),
  delay: delay(0.5),
  'p99-delay': delay(0.99),
  'cpu-per-event': ofEvents((cell, how) => typicalReading(cell, 'cpuPerEvent', {}, how)),
};

const example = 'rest.point-read.p99<5ms';
const shape = /^([^<>=]+)(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*([^\d\s]*)$/u;

const expected = (what: string, got: string, text: string): Error =>
  new Error(`--threshold '${text}': expected ${what}, got '${got}'`);

const isOperator = (text: string): text is Operator => Object.hasOwn(operators, text);

const figureNamed = (name: string): ThresholdMetric | undefined =>
  Object.hasOwn(figures, name) ? figures[name] : undefined;

/**
 * Reads `<contender>.<scenario>.<figure><operator><value><unit>`. The name of a workload stands
 * before the figure if the scenario has more than one: `rest-json-h1.attribution.create.cpu<100us`.
 * @throws Error naming what was expected: a contender, scenario, figure or unit that there is
 */
export function parseThreshold(text: string): Threshold {
  const [, path = '', operator = '', value = '', unit = ''] = shape.exec(text.trim()) ?? [];
  const names = path.split('.').map((name) => name.trim());
  const [contender = '', scenario = ''] = names;
  if (!isOperator(operator) || names.length < 3 || names.length > 4) {
    throw expected(
      `contender.scenario.figure, a limit and its unit, such as ${example}`,
      text,
      text,
    );
  }
  const workload = names.length === 4 ? names[2] : undefined;
  const name = names.at(-1) ?? '';
  const known = scenarios.find((one) => one.name === scenario);
  if (!known) {
    throw expected(`a scenario of ${scenarioNames.join(', ')}`, scenario, text);
  }
  const contenders = known.contenders.map((one) => one.name);
  if (!contenders.includes(contender)) {
    throw expected(`a contender of ${scenario}: ${contenders.join(', ')}`, contender, text);
  }
  const figure = figureNamed(name);
  if (!figure) throw expected(`a figure of ${Object.keys(figures).join(', ')}`, name, text);
  if (workload !== undefined && !figure.hasWorkload)
    throw expected(`${name} without a workload`, workload, text);
  if (!Object.hasOwn(figure.units, unit)) {
    const units = Object.keys(figure.units).join(', ');
    throw expected(units ? `${name} in ${units}` : `${name} without a unit`, value + unit, text);
  }
  return {
    text,
    contender,
    scenario,
    workload,
    figure: name,
    operator,
    limit: Number(value),
    unit,
  };
}

/**
 * Refuses limits on what a run does not measure, before it starts.
 * @throws Error that names the contenders of the scenario that would be measured
 */
export function checkPlanned(thresholds: readonly Threshold[], blocks: readonly Block[]): void {
  for (const { text, scenario, contender } of thresholds) {
    const planned = blocks.filter((block) => block.scenario.name === scenario);
    const names = new Set(planned.flatMap(({ contenders }) => contenders.map(({ name }) => name)));
    if (names.has(contender)) continue;
    const measured =
      names.size === 0
        ? [...new Set(blocks.map((block) => block.scenario.name))]
        : [...names].map((name) => `${name}.${scenario}`);
    const what = measured.length === 0 ? 'nothing that has limits' : measured.sort().join(', ');
    throw new Error(
      `--threshold '${text}': expected something that this run measures (${what}), got ${contender}.${scenario}`,
    );
  }
}

/** Four digits: as many as show on which side of a limit a value is. */
const formatValue = (value: number): string =>
  value >= 10_000 ? formatCount(value) : String(Number(value.toPrecision(4)));

function judge(result: Result, threshold: Threshold): Judgement {
  const { text, contender, scenario, workload, operator, limit, unit } = threshold;
  const notMeasured = (measured: string) => ({ text, verdict: 'not measured' as const, measured });
  const figure = figureNamed(threshold.figure);
  const cell = findCell(result, scenario, contender);
  if (!figure || !cell) return notMeasured(`${scenario} of ${contender} was not run`);
  if (cell.invalid.length > 0) return notMeasured(`INVALID: ${cell.invalid.join('; ')}`);
  const reading = figure.read(cell, workload === undefined ? {} : { workload });
  if (reading.value === undefined) return notMeasured(reading.reason);
  const value = reading.value / (figure.units[unit] ?? Number.NaN);
  const separator = unit === '' || unit.startsWith('/') ? '' : ' ';
  return {
    text,
    verdict: operators[operator](value, limit) ? 'met' : 'not met',
    measured: `${formatValue(value)}${separator}${unit}; ${reading.how}`,
  };
}

/** Judges each threshold by a result. A figure that is not valid is neither met nor missed. */
export const judgeThresholds = (
  result: Result,
  thresholds: readonly Threshold[],
): readonly Judgement[] => thresholds.map((threshold) => judge(result, threshold));
