import { formatDuration } from '../../result/format.ts';
import type { Cell, Result } from '../../result/result.ts';
import { isSmokeTest } from '../../result/smoke-test.ts';
import { labelOf } from '../../scenarios/labels.ts';
import { badge } from './answers.ts';
import type { Contents } from './contents.ts';
import { escaped, list, prose } from './markup.ts';

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** Why cells have no figure, and why loads of the others have none: the first reason of each. */
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

/** Cells without a figure to use, and timed loads that are drawn hollow. */
function validityMarkup(result: Result): string {
  const { cells } = result;
  const valid = cells.filter(({ invalid }) => invalid.length === 0).length;
  const loads = loadsOf(cells);
  const hollow = loads.filter(({ invalid }) => invalid.length > 0).length;
  const text = `<p><strong>${valid} of ${counted(cells.length, 'cell')}</strong> valid. ${hollow} of ${counted(loads.length, 'timed load')} ${hollow === 1 ? 'is' : 'are'} INVALID: drawn hollow, and no answer uses the rate or latency.</p>`;
  const reasons = reasonsOf(result);
  return reasons.length === 0
    ? text
    : `${text}<details><summary>What is INVALID, and why</summary>${list(reasons)}</details>`;
}

function floorMarkup(floors: Contents['floors']): string {
  if (floors.length === 0) {
    return '<p>No contender was measured against itself, so no difference in this run is significant.</p>';
  }
  const texts = floors.map(
    ({ label, factor }) => `${label} <strong>±${((factor - 1) * 100).toFixed(1)} %</strong>`,
  );
  return `<p>Two copies of the same server differ by this much: ${texts.join(', ')}. Differences smaller than this are not significant in this run.</p>`;
}

/** The run, its machine, validity and noise floor, and all answers at a glance. */
export function headerMarkup(result: Result, { judged, floors }: Contents): string {
  const { environment, startedAt, finishedAt, options, complete } = result;
  const took = formatDuration(Date.parse(finishedAt) - Date.parse(startedAt));
  const index = judged
    .filter(({ verdict }) => verdict.answer !== 'not measured')
    .map(
      ({ number, claim, verdict }) =>
        `<li><a href="#q${number}"><span>${prose(claim)}</span>${badge(verdict.answer)}</a></li>`,
    );
  return `<header class="top"><p class="brand">Fivewire bench</p>
<h1>The same payments over REST, gRPC, GraphQL, SSE and WebSocket</h1>
<p class="facts">${isSmokeTest(result) ? '<strong>Smoke test: shows no difference</strong> · ' : ''}${escaped(startedAt.slice(0, 16).replace('T', ' '))} UTC · ${took}${complete ? '' : ' · <strong>CUT SHORT: not everything was measured</strong>'} · ${escaped(environment.cpuModel)}, ${counted(environment.cores, 'core')} · Node ${escaped(environment.node)} · ${environment.revision ? `revision ${escaped(environment.revision.slice(0, 12))}${environment.modified ? ' with changes' : ''} · ` : ''}seed ${options.seed}</p>
<div class="trust"><div><h2>Validity</h2>${validityMarkup(result)}</div><div><h2>Noise floor</h2>${floorMarkup(floors)}</div></div>
<ol class="index">${index.join('')}</ol></header>`;
}
