import { formatCount, formatList } from '../result/format.ts';
import type { Result } from '../result/result.ts';
import { smokeTestNote } from '../result/smoke-test.ts';
import { callWires, labels } from '../result/wires.ts';
import {
  findCell,
  floorFor,
  isValid,
  openOf,
  saturatedAt,
  typical,
} from '../statistics/summary.ts';
import { invalidLines } from './outcome.ts';

/** How far a result can be trusted; each function returns a sentence. */

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** The rate that was equal for all reads, and how busy it kept each server. */
export function rateSentence(result: Result): string | undefined {
  const cells = callWires.flatMap((wire) => {
    const cell = findCell(result, 'point-read', wire);
    return isValid(cell) ? [{ wire, cell }] : [];
  });
  const [first] = cells;
  const perSecond = first && typical(first.cell, (sample) => openOf(sample)?.perSecond);
  if (perSecond === undefined) return undefined;
  const loads = cells.flatMap(({ wire, cell }) => {
    const share = typical(cell, (sample) => openOf(sample)?.serverCpuShare ?? undefined);
    if (share === undefined) return [];
    // The latency of such a server is that of a queue, so it is not compared.
    const near = share > saturatedAt ? ', near saturation' : '';
    return [`${labels[wire]} ${percent(share)}${near}`];
  });
  const busy = loads.length === 0 ? '' : ` (server busy: ${loads.join(', ')})`;
  return `Equal rate ${formatCount(perSecond)} reads/s${busy}.`;
}

/** The difference between a contender and itself in this run. */
export function noiseSentence(result: Result): string {
  const floors = (
    [
      ['CPU', floorFor(result, 'point-read', 'cpuAtRate')],
      ['reads/s', floorFor(result, 'point-read', 'throughput')],
      ['creates/s', floorFor(result, 'create', 'throughput')],
      ['events', floorFor(result, 'events', 'delay')],
    ] as const
  ).flatMap(([name, floor]) => (floor === undefined ? [] : [`${percent(floor - 1)} in ${name}`]));
  return floors.length === 0
    ? 'No noise floor was measured, so no difference is shown.'
    : `Differences below ${formatList(floors)} are noise in this run.`;
}

/** How much the speed of the machine varied; undefined for older results. */
export function machineSentence({ machine }: Result): string | undefined {
  if (machine === null) return undefined;
  const { low, high, perSecond, repeated, kept } = machine;
  const [least, most] = [low, high].map((one) => `${Math.round((100 * one) / perSecond)} %`);
  const slow = [
    ...(repeated > 0 ? [`${repeated} taken again`] : []),
    ...(kept > 0 ? [`${kept} kept for lack of time`] : []),
  ];
  const steps = slow.length === 0 ? '' : ` Steps in slow spells: ${slow.join(', ')}.`;
  return `The machine ran at ${least} to ${most} of its usual speed.${steps}`;
}

/** What was left out to keep the time; undefined if everything was run. */
export const cutSentence = ({ cut }: Result): string | undefined =>
  cut.length === 0
    ? undefined
    : `To keep the time, ${cut.map(({ what }) => what.replace(' to keep the time', '')).join('; ')}.`;

/** How many cells are valid, and how many of these lack some figure. */
export function validitySentence(result: Result): string {
  const { cells } = result;
  const valid = cells.filter(isValid).length;
  const partly =
    invalidLines(result).length - cells.filter(({ invalid }) => invalid.length > 0).length;
  return `${valid} of ${cells.length} cells valid${partly > 0 ? `, ${partly} of them in part` : ''}.`;
}

/** What a reader has to know first; empty for a complete run that is no smoke test. */
export const warnings = (result: Result): string[] => [
  ...(result.complete ? [] : ['Cut short: not everything was measured.']),
  ...[smokeTestNote(result)].filter((note) => note !== undefined),
];
