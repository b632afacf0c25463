import { canPin } from '../process/child.ts';
import { formatCount, formatRatio, missing } from '../result/format.ts';
import { left, type ReportTable, right } from '../result/table.ts';
import { labels, type WireName } from '../result/wires.ts';
import { type Comparison, compare, median } from '../statistics/paired.ts';
import { createRandom } from '../statistics/random.ts';
import { ofCeilingAtMost } from '../statistics/validity.ts';

/** One step of one client. */
export interface Side {
  readonly perSecond: number;
  /** Of a core; null if the platform does not report it. */
  readonly serverCpuShare: number | null;
}

/** A step of our driver beside one of the tool. */
export interface Pair {
  readonly ours: Side;
  readonly tool: Side;
}

/** A wire, called in the same way by our driver and by a tool. */
export interface ToolComparison {
  readonly wire: WireName;
  readonly tool: string;
  readonly connections: number;
  /** Calls in flight on each of them. */
  readonly streams: number;
  readonly pairs: readonly Pair[];
  /** The same against a server that does nothing. */
  readonly ceilings: readonly Pair[];
}

interface Agreement {
  /** Ours over the tool's. */
  readonly comparison: Comparison;
  readonly text: string;
  /** They agree, or it is known why not. */
  readonly passes: boolean;
}

/** Maximum difference of two rates that agree. */
const agreeWithin = 0.15;
/** Minimum share of the server's core. Below it, another process used the core. */
const serverCpuAtLeast = 0.9;
/** Of the intervals' resampling. */
const seed = 1;

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const formatShare = (share: number | undefined): string =>
  share === undefined ? missing : percent(share);
const middleOf = (pairs: readonly Pair[], side: keyof Pair): number =>
  median(pairs.map((pair) => pair[side].perSecond));
const isNear = (ratio: number): boolean => Math.max(ratio, 1 / ratio) <= 1 + agreeWithin;

/** Of a core; undefined if the platform does not report it. */
function serverCpuOf(pairs: readonly Pair[], side: keyof Pair): number | undefined {
  const shares = pairs.map((pair) => pair[side].serverCpuShare).filter((share) => share !== null);
  return shares.length === 0 ? undefined : median(shares);
}

/**
 * Whether both measure the same. A difference is explained if the slower client was near its own
 * ceiling: then it measured itself, not the server.
 */
export function verdictOf({ pairs, ceilings, tool }: ToolComparison): Agreement {
  const rates = pairs.map((pair) => [pair.ours.perSecond, pair.tool.perSecond] as const);
  const comparison = compare(rates, createRandom(seed));
  const { ratio, interval } = comparison;
  const ends = interval ? [interval.low, interval.high] : [];
  const slower = ratio < 1 ? 'ours' : 'tool';
  const ofCeiling = middleOf(pairs, slower) / middleOf(ceilings, slower);
  const isAtCeiling = ofCeiling > ofCeilingAtMost;
  const serverCpu = Math.max(serverCpuOf(pairs, 'ours') ?? 1, serverCpuOf(pairs, 'tool') ?? 1);
  if (serverCpu < serverCpuAtLeast && !isAtCeiling) {
    const text = `not measured: the server had ${percent(serverCpu)} of its core`;
    return { comparison, text, passes: false };
  }
  if (isNear(ratio)) {
    const unsure = ends.every(isNear) ? '' : ', unsure';
    return { comparison, text: `agree within ${percent(agreeWithin)}${unsure}`, passes: true };
  }
  if (isAtCeiling) {
    const client = slower === 'ours' ? 'our client' : tool;
    const text = `differs; explained: ${client} is at ${percent(ofCeiling)} of its ceiling`;
    return { comparison, text, passes: true };
  }
  const [low = ratio, high = ratio] = ends;
  const unsure = isNear(low) || isNear(high) || (low < 1 && high > 1) ? ', unsure' : '';
  return { comparison, text: `differs${unsure}`, passes: false };
}

export const toolTable = (lines: readonly ToolComparison[]): ReportTable => ({
  title: 'One payment read, by our drivers and by wrk and h2load',
  lead: 'Calls a second in a closed loop. Both clients send the same request in turns to the same server process.',
  columns: [
    ...[left('wire'), right('connections'), left('tool'), right('ours'), right("tool's")],
    ...[right("ours / tool's"), right('ceilings'), right('server CPU'), left('verdict')],
  ],
  rows: lines.map((line) => {
    const { wire, tool, connections, streams, pairs, ceilings } = line;
    const { comparison, text } = verdictOf(line);
    const both = (show: (side: keyof Pair) => string) => `${show('ours')} / ${show('tool')}`;
    return [
      ...[labels[wire], `${connections} × ${streams}`, tool],
      ...[formatCount(middleOf(pairs, 'ours')), formatCount(middleOf(pairs, 'tool'))],
      formatRatio(comparison),
      both((side) => formatCount(middleOf(ceilings, side))),
      both((side) => formatShare(serverCpuOf(pairs, side))),
      text,
    ];
  }),
  notes: [
    'Connections × calls in flight on each. Medians of the steps; the ratio compares pairs of steps.',
    'Ceilings: what our driver / the tool reaches against a server that does nothing.',
    "Server CPU: share of a core under our driver's / under the tool's load.",
    'Not measured: another process used the core of the server.',
    'Unsure: the interval allows both agreement and difference.',
    canPin
      ? 'The server is pinned to core 0; both clients, one at a time, to core 1.'
      : 'Server and clients are not pinned to cores here.',
  ],
});
