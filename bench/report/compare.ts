import { formatCount, formatTenth } from '../result/format.ts';
import type { Cell, Environment, Result } from '../result/result.ts';
import { smokeTestNote } from '../result/smoke-test.ts';
import { compareIndependent, type RatioOfSamples } from '../statistics/independent.ts';
import { type Difference, differenceOf } from '../statistics/paired.ts';
import { createRandom } from '../statistics/random.ts';
import { findCell, floorFor, openOf } from '../statistics/summary.ts';
import {
  type CellLoad,
  type ComparableMetric,
  keyOf,
  kinds,
  partsOf,
  titleOf,
} from './comparable-loads.ts';
import { type Conditions, describeConditions } from './load-conditions.ts';

/** A figure of the same load in two runs. */
export interface ComparedFigure {
  readonly scenario: string;
  readonly contender: string;
  readonly load: string;
  readonly figure: string;
  /** Geometric means of the processes, with their unit. */
  readonly older: string;
  readonly newer: string;
  /** Newer over older. */
  readonly comparison: RatioOfSamples;
  /** The higher of both runs' noise floors; undefined if one has none. */
  readonly floor: number | undefined;
  readonly difference: Difference;
  /** Whether more or less of it is better. */
  readonly better: ComparableMetric['better'];
}

export interface NotCompared {
  readonly what: string;
  readonly reason: string;
}

export interface ComparisonOfRuns {
  readonly older: Origin;
  readonly newer: Origin;
  /** What differs besides the code, a line each. */
  readonly differs: readonly string[];
  /** What limits the comparison as a whole, a sentence each. */
  readonly warnings: readonly string[];
  readonly figures: readonly ComparedFigure[];
  readonly refused: readonly NotCompared[];
  /** Cells and loads that the other run has not. */
  readonly onlyInOlder: readonly string[];
  readonly onlyInNewer: readonly string[];
}

export type Origin = Pick<Result, 'startedAt' | 'complete'> &
  Pick<Environment, 'revision' | 'modified'>;

interface Pairing<Item> {
  readonly pairs: (readonly [older: Item, newer: Item])[];
  readonly onlyInOlder: Item[];
  readonly onlyInNewer: Item[];
}

/** Pairs the items of equal keys, each at most once, in the order of the older. */
function pairUp<Item>(
  older: readonly Item[],
  newer: readonly Item[],
  key: (item: Item) => string,
): Pairing<Item> {
  const onlyInNewer = [...newer];
  const pairing: Pairing<Item> = { pairs: [], onlyInOlder: [], onlyInNewer };
  for (const item of older) {
    const at = onlyInNewer.findIndex((other) => key(other) === key(item));
    const [match] = at === -1 ? [] : onlyInNewer.splice(at, 1);
    if (match === undefined) pairing.onlyInOlder.push(item);
    else pairing.pairs.push([item, match]);
  }
  return pairing;
}

const nameOf = ({ scenario, contender }: Cell): string => `${scenario} ${contender}`;
const inBoth = (older: string, newer: string): string => `${older} in one, ${newer} in the other`;

/** What differs in how two loads were made, by name. */
const differencesOf = (older: Conditions, newer: Conditions): string =>
  Object.entries(older)
    .filter(([name, text]) => newer[name] !== text)
    .map(([name, text]) => inBoth(text, newer[name] ?? 'none'))
    .join('; ');

const faultsOf = (older: string | undefined, newer: string | undefined): string | undefined =>
  [older && `INVALID in the older: ${older}`, newer && `INVALID in the newer: ${newer}`]
    .filter((text) => text !== undefined)
    .join('; ') || undefined;

/** Returns why two runs cannot be compared at all; undefined if some figures can. */
function obstacleTo(older: Result, newer: Result): string | undefined {
  const tls = ({ options }: Result) => (options.tls ? 'TLS' : 'no TLS');
  const server = ({ options }: Result) =>
    Object.keys(options.targets).length > 0 ? "somebody else's server" : 'own server';
  const differing = [tls, server].filter((read) => read(older) !== read(newer));
  return differing.map((read) => inBoth(read(older), read(newer))).join('; ') || undefined;
}

function environmentDifferences(older: Result, newer: Result): string[] {
  const read = ({ environment, options }: Result): Record<string, string> => ({
    machine: environment.machine,
    platform: environment.platform,
    kernel: environment.kernel,
    CPU: environment.cpuModel,
    cores: String(environment.cores),
    governor: environment.governor ?? 'unknown',
    'pinned to cores': environment.pinned ? 'yes' : 'no',
    'account of CPU': environment.cpuAccount,
    node: environment.node,
    ...environment.packages,
    effort: options.effort,
    'flags of the runtime': options.nodeFlags.join(' ') || 'none',
    targets: Object.entries(options.targets).join(' ') || 'none',
  });
  const [before, after] = [read(older), read(newer)];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name}: ${before[name] ?? 'none'} → ${after[name] ?? 'none'}`);
}

const isSameMachine = ({ environment: a }: Result, { environment: b }: Result): boolean =>
  a.machine === b.machine &&
  a.platform === b.platform &&
  a.cpuModel === b.cpuModel &&
  a.cores === b.cores;

const rateOf = (result: Result): number | undefined => {
  const [sample] = findCell(result, 'point-read', 'rest')?.samples ?? [];
  return sample && openOf(sample)?.perSecond;
};

/** Of a core: a machine that was so much busier before a run may have stayed so. */
const busierBy = 0.25;

/** Which of two runs was on a busier machine, before it began. */
function loadWarning(older: Result, newer: Result): string[] {
  const [before, after] = [older, newer].map(({ environment }) => environment.loadBefore);
  if (before === undefined || after === undefined) return [];
  if (Math.abs(before - after) <= busierBy * newer.environment.cores) return [];
  const which = before > after ? 'older' : 'newer';
  return [
    `The machine was busier before the ${which} run: load ${formatTenth(before)} before the older, ${formatTenth(after)} before the newer.`,
  ];
}

function rateWarning(older: Result, newer: Result): string[] {
  const [before, after] = [rateOf(older), rateOf(newer)];
  return before === after || before === undefined || after === undefined
    ? []
    : [
        `The equal rates differ: ${formatCount(before)}/s in the older, ${formatCount(after)}/s in the newer. CPU and latency at the rate are not compared.`,
      ];
}

/** Whether both are of the same code, as far as is known. */
const isSameCode = ({ environment: a }: Result, { environment: b }: Result): boolean =>
  a.revision !== null && a.revision === b.revision && a.modified === false && b.modified === false;

function warningsOf(older: Result, newer: Result): string[] {
  const named = [
    ['older', older],
    ['newer', newer],
  ] as const;
  return [
    ...(isSameMachine(older, newer)
      ? []
      : ['The results come from two machines: their ratios compare the machines, not the code.']),
    ...rateWarning(older, newer),
    ...loadWarning(older, newer),
    ...named.flatMap(([name, { complete }]) =>
      complete ? [] : [`The ${name} run was cut short: not everything was measured.`],
    ),
    ...named.flatMap(([name, run]) =>
      smokeTestNote(run) === undefined ? [] : [`The ${name} run is a smoke test.`],
    ),
    ...(isSameCode(older, newer)
      ? ['Both runs are of the same revision: what differs comes from the machine.']
      : []),
  ];
}

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

type FloorOf = (scenario: string, figure: ComparableMetric) => number | undefined;

/** The higher of both runs' noise floors; each is looked for once. */
function createFloors(runs: readonly Result[]): FloorOf {
  const known = new Map<string, number | undefined>();
  return (scenario, { name, metric, isCounted }) => {
    const key = `${scenario} ${name}`;
    if (!known.has(key)) {
      const floors = runs.map(
        (run) => floorFor(run, scenario, metric) ?? (isCounted ? 1 : Number.NaN),
      );
      const floor = Math.max(...floors);
      known.set(key, Number.isNaN(floor) ? undefined : floor);
    }
    return known.get(key);
  };
}

interface Found {
  readonly figures: ComparedFigure[];
  readonly refused: NotCompared[];
}

interface Comparing extends Found {
  readonly cell: Cell;
  readonly floorOf: FloorOf;
  readonly seed: number;
}

function compareFigure(
  figure: ComparableMetric,
  [older, newer]: readonly [CellLoad, CellLoad],
  at: Comparing,
): void {
  const { scenario, contender } = at.cell;
  const [before, after] = [older, newer].map(({ samples }) =>
    samples.flatMap((sample) => figure.metric(sample) ?? []),
  );
  if (!before || !after || [...before, ...after].every((value) => value === 0)) return;
  const refuse = (reason: string) =>
    at.refused.push({ what: `${nameOf(at.cell)}: ${titleOf(older)}, ${figure.name}`, reason });
  if (before.length === 0) return void refuse('not measured in the older');
  if (after.length === 0) return void refuse('not measured in the newer');
  if (Math.min(...before, ...after) <= 0) return void refuse('0 in some process, so no ratio');
  const comparison = compareIndependent(after, before, createRandom(at.seed));
  const floor = at.floorOf(scenario, figure);
  const conditions = describeConditions(older.conditions);
  at.figures.push({
    scenario,
    contender,
    load: conditions ? `${older.workload}, ${conditions}` : older.workload,
    figure: figure.name,
    older: figure.format(geometricMean(before)),
    newer: figure.format(geometricMean(after)),
    comparison,
    floor,
    difference: differenceOf(comparison, floor),
    better: figure.better,
  });
}

function compareParts(pair: readonly [CellLoad, CellLoad], at: Comparing): void {
  const [older, newer] = pair;
  const figures: readonly ComparableMetric[] = kinds[older.kind].figures;
  const fault = faultsOf(older.fault, newer.fault);
  if (fault) at.refused.push({ what: `${nameOf(at.cell)}: ${titleOf(older)}`, reason: fault });
  for (const figure of figures) {
    if (!fault || figure.outlivesFaults) compareFigure(figure, pair, at);
  }
}

interface Alone {
  readonly onlyInOlder: string[];
  readonly onlyInNewer: string[];
}

function compareCells(older: Cell, newer: Cell, at: Comparing, alone: Alone): void {
  const reasonOf = ({ invalid }: Cell) => invalid.join('; ') || undefined;
  const fault = faultsOf(reasonOf(older), reasonOf(newer));
  if (fault) return void at.refused.push({ what: nameOf(older), reason: fault });
  const same = pairUp(partsOf(older), partsOf(newer), keyOf);
  for (const pair of same.pairs) compareParts(pair, at);
  // The same workload in the same kind of load, but made differently.
  const made = pairUp(same.onlyInOlder, same.onlyInNewer, titleOf);
  for (const [one, other] of made.pairs) {
    const reason = differencesOf(one.conditions, other.conditions);
    at.refused.push({ what: `${nameOf(older)}: ${titleOf(one)}`, reason });
  }
  const named = (part: CellLoad) =>
    [`${nameOf(older)}: ${titleOf(part)}`, describeConditions(part.conditions)]
      .filter((text) => text !== '')
      .join(', ');
  alone.onlyInOlder.push(...made.onlyInOlder.map(named));
  alone.onlyInNewer.push(...made.onlyInNewer.map(named));
}

const originOf = ({ startedAt, complete, environment }: Result): Origin => {
  const { revision, modified } = environment;
  return { startedAt, complete, revision, modified };
};

/**
 * Pairs two results by cell and load, and compares what was made in the same way. Processes of two
 * runs are no pairs: each run's are resampled on their own.
 */
export function compareResults(older: Result, newer: Result): ComparisonOfRuns {
  const found: Found = { figures: [], refused: [] };
  const obstacle = obstacleTo(older, newer);
  const cells = pairUp(older.cells, newer.cells, nameOf);
  const alone: Alone = {
    onlyInOlder: cells.onlyInOlder.map(nameOf),
    onlyInNewer: cells.onlyInNewer.map(nameOf),
  };
  if (obstacle) found.refused.push({ what: 'everything', reason: obstacle });
  const floorOf = createFloors([older, newer]);
  for (const [before, after] of obstacle ? [] : cells.pairs) {
    const { seed } = newer.options;
    compareCells(before, after, { ...found, cell: before, floorOf, seed }, alone);
  }
  return {
    older: originOf(older),
    newer: originOf(newer),
    differs: environmentDifferences(older, newer),
    warnings: warningsOf(older, newer),
    ...found,
    ...alone,
  };
}
