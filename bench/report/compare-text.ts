import { cut, wrapped } from '../result/table.ts';
import { labels, roomWires, type WireName } from '../result/wires.ts';
import { scenarios } from '../scenarios/index.ts';
import type { ComparedFigure, ComparisonOfRuns, Origin } from './compare.ts';
import { type Ink, plain } from './ink.ts';

/** More would hide what matters. */
const mostLines = 10;

const describeOrigin = ({ startedAt, revision, modified, complete }: Origin): string =>
  `${startedAt.slice(0, 16).replace('T', ' ')} UTC, revision ${revision?.slice(0, 12) ?? 'unknown'}${modified ? ' with changes' : ''}${complete ? '' : ', CUT SHORT'}`;

const isShown = ({ difference }: ComparedFigure): boolean => difference !== 'not shown';
const isBetter = ({ difference, better }: ComparedFigure): boolean => difference === better;

/** The wire of a room that was compared; undefined of controls and of a baseline's repeat. */
function wireOfFigure({ scenario, contender }: ComparedFigure): WireName | undefined {
  const known = scenarios
    .find(({ name }) => name === scenario)
    ?.contenders.find(({ name }) => name === contender);
  if (known) return known.kind === 'room' ? known.wire : undefined;
  return roomWires.find((wire) => wire === contender);
}

/** `0.70× (0.62–0.79)`: newer over older, to the percent. */
function ratioOf({ comparison: { ratio, interval } }: ComparedFigure): string {
  const text = (value: number) => value.toFixed(ratio < 10 ? 2 : 1);
  return `${text(ratio)}×${interval ? ` (${text(interval.low)}–${text(interval.high)})` : ''}`;
}

const sizeOf = ({ comparison }: ComparedFigure): number => Math.abs(Math.log(comparison.ratio));
const verdictOf = (figure: ComparedFigure): string => (isBetter(figure) ? 'better' : 'worse');

/** How one wire changed, in a line. */
function summaryOf(wire: WireName, figures: readonly ComparedFigure[], ink: Ink): string {
  const label = labels[wire].padEnd(Math.max(...roomWires.map((one) => labels[one].length)));
  const own = figures.filter((figure) => wireOfFigure(figure) === wire);
  const shown = own.filter(isShown).toSorted((a, b) => sizeOf(b) - sizeOf(a));
  const [largest] = shown;
  if (own.length === 0) return `${label}  not compared`;
  if (!largest) return `${label}  no difference shown in ${own.length} figures`;
  const better = shown.filter(isBetter).length;
  const worse = shown.length - better;
  const counts = [
    ...(better > 0 ? [ink('green', `better in ${better}`)] : []),
    ...(worse > 0 ? [ink('red', `worse in ${worse}`)] : []),
  ];
  const { scenario, contender, figure } = largest;
  const where = contender === wire ? scenario : `${scenario} ${contender}`;
  const most = `${where}, ${figure} ${ratioOf(largest)}`;
  return `${label}  ${counts.join(', ')} of ${own.length}; most: ${most}`;
}

const whatWidth = 47;
const changeWidth = 22;
const ratioWidth = 20;

/** A figure that differs: what, from what to what, the ratio, and whether that is better. */
function differenceLines(figure: ComparedFigure, ink: Ink): string[] {
  const what = `${figure.scenario} ${figure.contender}: ${figure.figure}, ${figure.load}`;
  const change = `${figure.older} → ${figure.newer}`.padEnd(changeWidth);
  const inked = ink(isBetter(figure) ? 'green' : 'red', verdictOf(figure));
  const numbers = `${change} ${ratioOf(figure).padEnd(ratioWidth)} ${inked}`;
  if (what.length <= whatWidth) return [`  ${what.padEnd(whatWidth)} ${numbers}`];
  return [wrapped(what, '  '), `  ${' '.repeat(whatWidth)} ${numbers}`];
}

/** A heading and its lines; lines beyond `most` are only counted. */
function section(title: string, lines: readonly string[], most = mostLines): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - most;
  return [
    title,
    ...lines.slice(0, most).map((line) => cut(`  ${line}`)),
    ...(more > 0 ? [`  and ${more} more`] : []),
    '',
  ];
}

function countsOf(figures: readonly ComparedFigure[]): string {
  if (figures.length === 0) return 'No figure can be compared.';
  const shown = figures.filter(isShown).length;
  const bare = figures.filter(({ comparison }) => !comparison.interval).length;
  const few =
    bare === 0 ? '' : ` ${bare} have fewer than 3 processes, so that no difference can be shown.`;
  return wrapped(
    `${shown} of ${figures.length} figures differ beyond the noise; ${figures.length - shown} show no difference.${few} Ratios are newer over older, and include changes of the machine between the runs, which no noise floor covers.`,
    '',
  );
}

/** The comparison for a terminal: warnings, a line per wire, what differs, and the counts. */
export function renderComparison(comparison: ComparisonOfRuns, ink: Ink = plain): string {
  const { figures, differs, warnings, refused, onlyInOlder, onlyInNewer } = comparison;
  const shown = figures.filter(isShown).toSorted((a, b) => sizeOf(b) - sizeOf(a));
  const warned = warnings.flatMap((text) => wrapped(`Warning: ${text}`, '').split('\n'));
  return [
    `older: ${describeOrigin(comparison.older)}`,
    `newer: ${describeOrigin(comparison.newer)}`,
    '',
    ...warned.map((line) => ink('yellow', line)),
    ...(warned.length > 0 ? [''] : []),
    ...(figures.length > 0 ? [...roomWires.map((wire) => summaryOf(wire, figures, ink)), ''] : []),
    ...(shown.length > 0
      ? ['what differs:', ...shown.flatMap((figure) => differenceLines(figure, ink)), '']
      : []),
    ...section('settings that differ:', differs, Number.POSITIVE_INFINITY),
    ...section(
      'not comparable:',
      refused.map(({ what, reason }) => `${what}: ${reason}`),
    ),
    ...section('only in the older result:', onlyInOlder),
    ...section('only in the newer result:', onlyInNewer),
    countsOf(figures),
  ].join('\n');
}
