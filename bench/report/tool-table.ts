import { labels, type WireName } from '../scenarios/wires.ts';
import { compare, median } from '../statistics/paired.ts';
import type { Random } from '../statistics/random.ts';
import { ofCeilingAtMost } from '../statistics/validity.ts';
import { canPin } from '../subject/process.ts';
import { formatCount, formatRatio, missing } from './format.ts';
import { left, right, type Table } from './table.ts';

/** One slice of one client. */
export interface Side {
  readonly perSecond: number;
  /** Of a core; null where the platform does not tell. */
  readonly serverCpuShare: number | null;
}

/** A slice of our driver beside one of the tool. */
export interface Pair {
  readonly ours: Side;
  readonly tool: Side;
}

/** A wire, called in the same way by our driver and by a tool. */
export interface Line {
  readonly wire: WireName;
  readonly tool: string;
  readonly connections: number;
  readonly streams: number;
  readonly pairs: readonly Pair[];
  /** The same against a server that does nothing. */
  readonly ceilings: readonly Pair[];
}

export interface Verdict {
  readonly text: string;
  /** They agree, or it is known why not. */
  readonly passes: boolean;
}

/** Of the one over the other. */
const agreeWithin = 0.15;

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const middleOf = (pairs: readonly Pair[], side: keyof Pair): number =>
  median(pairs.map((pair) => pair[side].perSecond));

const perSecondsOf = ({ pairs }: Line) =>
  pairs.map(({ ours, tool }) => [ours.perSecond, tool.perSecond] as const);

/**
 * Whether both measure the same. A difference is explained where the slower client was near to all
 * that it can do, and then it was not the server that was measured.
 */
export function verdictOf(line: Line): Verdict {
  const { pairs, ceilings, tool } = line;
  const mean = perSecondsOf(line).reduce((sum, [ours, other]) => sum + Math.log(ours / other), 0);
  const ratio = Math.exp(mean / pairs.length);
  if (Math.max(ratio, 1 / ratio) <= 1 + agreeWithin) {
    return { text: `agree within ${percent(agreeWithin)}`, passes: true };
  }
  const slower = ratio < 1 ? 'ours' : 'tool';
  const ofCeiling = middleOf(pairs, slower) / middleOf(ceilings, slower);
  if (ofCeiling <= ofCeilingAtMost) return { text: 'differs', passes: false };
  const client = slower === 'ours' ? 'our client' : tool;
  const text = `differs; explained: ${client} is at ${percent(ofCeiling)} of its ceiling`;
  return { text, passes: true };
}

function shareOf(pairs: readonly Pair[], side: keyof Pair): string {
  const shares = pairs.map((pair) => pair[side].serverCpuShare).filter((share) => share !== null);
  return shares.length === 0 ? missing : percent(median(shares));
}

/** @param random of the intervals */
export function crossCheckTable(lines: readonly Line[], random: Random): Table {
  return {
    title: 'One payment read, by our drivers and by tools that others wrote',
    lead: 'Closed loop, the same request, in turns on the same server process. Calls a second.',
    columns: [
      ...[left('wire'), right('connections'), left('tool'), right('ours'), right('tool’s')],
      ...[right('ours / tool’s'), right('our ceiling'), right('tool’s ceiling')],
      ...[right('server CPU, ours'), right('tool’s'), left('verdict')],
    ],
    rows: lines.map((line) => {
      const { wire, tool, connections, streams, pairs, ceilings } = line;
      const counts = [pairs, ceilings].map((of) => [
        formatCount(middleOf(of, 'ours')),
        formatCount(middleOf(of, 'tool')),
      ]);
      const [measured = [], most = []] = counts;
      const ratio = formatRatio(compare(perSecondsOf(line), random));
      return [
        ...[labels[wire], `${connections} × ${streams}`, tool, ...measured, ratio, ...most],
        ...[shareOf(pairs, 'ours'), shareOf(pairs, 'tool'), verdictOf(line).text],
      ];
    }),
    notes: [
      'Connections × calls under way on each. Middles of the slices; the ratio is of slices in pairs.',
      'A ceiling is what a client reaches against a server that does nothing.',
      canPin
        ? 'The server is pinned to core 0; both clients, one at a time, to core 1.'
        : 'Server and clients are not pinned to cores here.',
    ],
  };
}
