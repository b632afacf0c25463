import { formatDuration } from '../../result/format.ts';
import { measuredMsOf } from '../../result/parts-of-run.ts';
import type { Cell, Result } from '../../result/result.ts';
import { isSmokeTest } from '../../result/smoke-test.ts';
import { labelOf } from '../../scenarios/labels.ts';
import type { Contents } from './contents.ts';
import { escaped, list, prose } from './markup.ts';

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** Says why cells have no figure, and why loads of other cells have none. */
const reasonsOf = ({ cells }: Result): string[] =>
  cells.flatMap((cell) => {
    const loads = loadsOf([cell]);
    const hollow = loads.filter(({ invalid }) => invalid.length > 0);
    const reasons = [
      ...(cell.invalid.length > 0 ? [cell.invalid] : []),
      ...hollow
        .slice(0, 1)
        .map(({ invalid }) => [`${hollow.length} of ${counted(loads.length, 'load')}`, ...invalid]),
    ];
    return reasons.map((texts) => `${cell.scenario}, ${labelOf(cell)}: ${texts.join('; ')}`);
  });

const loadsOf = (cells: readonly Cell[]) =>
  cells.flatMap(({ samples }) => samples.flatMap(({ closed, open }) => [...closed, ...open]));

const validOf = (cells: readonly Cell[]): string =>
  `${cells.filter(({ invalid }) => invalid.length === 0).length} of ${counted(cells.length, 'cell')}`;

/** How many cells are valid, and how many timed loads are drawn hollow. */
function validityMarkup(result: Result): string {
  const { cells } = result;
  const loads = loadsOf(cells);
  const hollow = loads.filter(({ invalid }) => invalid.length > 0).length;
  const text = `<p><strong>${validOf(cells)}</strong> valid. ${hollow} of ${counted(loads.length, 'timed load')} ${hollow === 1 ? 'is' : 'are'} INVALID: drawn hollow, and no answer uses the rate or latency.</p>`;
  const reasons = reasonsOf(result);
  return reasons.length === 0 ? text : `${text}<p>What is INVALID, and why:</p>${list(reasons)}`;
}

const percentOf = (factor: number): string => `±${((factor - 1) * 100).toFixed(1)} %`;

function floorMarkup(floors: Contents['floors']): string {
  if (floors.length === 0) {
    return '<p>No contender was measured against itself, so no difference in this run is significant.</p>';
  }
  const texts = floors.map(({ label, factor }) => `${label} <strong>${percentOf(factor)}</strong>`);
  return `<p>Two copies of the same server differ by this much: ${texts.join(', ')}. Differences smaller than this are not significant in this run.</p>`;
}

/** How far the run can be trusted, in full. */
export const trustMarkup = (result: Result, { floors }: Contents): string =>
  `<div class="trust"><div><h3>Validity</h3>${validityMarkup(result)}</div><div><h3>Noise floor</h3>${floorMarkup(floors)}</div></div>`;

/** The same in a few words. */
function trustFacts({ cells }: Result, floors: Contents['floors']): string {
  const noise = floors.map(({ short, factor }) => `${short} ±${Math.ceil((factor - 1) * 100)} %`);
  const text = noise.length === 0 ? 'noise not measured' : `noise: ${noise.join(', ')}`;
  return `<a href="#trust">${validOf(cells)} valid</a> · ${escaped(text)}`;
}

/** The machine, the date, the revision, the length, validity and noise, in one line. */
function factsMarkup(result: Result, floors: Contents['floors']): string {
  const { environment, startedAt, complete } = result;
  const { revision, modified } = environment;
  const took = formatDuration(measuredMsOf(result));
  const facts = [
    `${environment.cpuModel}, ${counted(environment.cores, 'core')}, Node ${environment.node.replace(/^v/, '')}`,
    `${startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    ...(revision ? [`revision ${revision.slice(0, 8)}${modified ? ' with changes' : ''}`] : []),
    took,
  ].map(escaped);
  const doubts = [
    ...(isSmokeTest(result) ? ['Smoke test: shows no difference'] : []),
    ...(complete ? [] : ['CUT SHORT: not everything was measured']),
  ].map((text) => `<strong>${text}</strong>`);
  return `<p class="facts">${[...doubts, ...facts, trustFacts(result, floors)].join(' · ')}</p>`;
}

/** A sentence with its sizes in bold. */
const stressed = (text: string): string => prose(text).replace(/[\d.]+×/g, '<b>$&</b>');

/** The most common question, its answer, and the run that it comes from. */
export function headerMarkup(result: Result, { headline, floors }: Contents): string {
  const { asks, scope, sentences } = headline;
  return `<header class="top"><div class="asks"><h1>${prose(asks)}</h1><p class="scope">${prose(scope)}</p></div>
<ul class="headline">${sentences.map((text) => `<li>${stressed(text)}</li>`).join('')}</ul>
${factsMarkup(result, floors)}</header>`;
}
