import type { Result } from '../../result/result.ts';
import type { ReportTable } from '../../result/table.ts';
import { chartMarkup } from './charts/chart.ts';
import type { Drawing, Figure } from './figure.ts';
import { escaped, list, prose, tableMarkup } from './markup.ts';
import { summaryOf, titleOf } from './picture-table.ts';
import { codeOf, commandOf } from './source-code.ts';

const pictureMarkup = (id: string, drawing: Drawing): string => `<figure class="picture">
<figcaption id="${id}-title">${prose(titleOf(drawing))}</figcaption>
<p class="unseen" id="${id}-text">${prose(summaryOf(drawing))}</p>
${chartMarkup(id, drawing)}</figure>`;

/** Pictures beside each other if there is room. */
export const picturesMarkup = (id: string, all: readonly Drawing[]): string =>
  all.length === 0
    ? ''
    : `<div class="pictures">${all.map((one, at) => pictureMarkup(`${id}-${at}`, one)).join('\n')}</div>`;

/** What is behind a picture: the code that was measured, the command to do it again, numbers. */
export function sourceMarkup(
  result: Result,
  scenarios: readonly string[],
  numbers: readonly ReportTable[],
): string {
  const code = new Set(scenarios.flatMap((scenario) => codeOf(result, scenario)));
  const { revision } = result.environment;
  return `<details class="source"><summary>${numbers.length > 0 ? 'Numbers, code, command' : 'Code, command'}</summary>
<p><code class="command">${escaped(commandOf(result, scenarios))}</code> <button type="button" class="copy" hidden>Copy</button></p>
<p>Code measured${revision ? `, at ${escaped(revision.slice(0, 12))}` : ''}: ${[...code].map((path) => `<code>${escaped(path)}</code>`).join(', ')}</p>
${numbers.map(numbersMarkup).join('\n')}</details>`;
}

const numbersMarkup = (table: ReportTable): string => tableMarkup(table) + list(table.notes);

/** How the parts of a figure stand beside each other. */
const layoutOf = ([first, ...others]: readonly Drawing[]): string =>
  others.length === 0
    ? ''
    : first?.kind === 'lines' || first?.kind === 'waterfall'
      ? ' several'
      : ' uneven';

/** A figure. The numbers of one picture stand beside it; those of several are folded up. */
export function figureMarkup(result: Result, figure: Figure): string {
  const { id, title, lead, drawings, numbers, scenarios } = figure;
  const isSingle = drawings.length === 1;
  return `<article class="card${layoutOf(drawings)}" id="${id}">
<div class="words"><h3>${prose(title)}</h3><p class="because">${prose(lead)}</p></div>
${picturesMarkup(id, drawings)}
${isSingle ? `<div class="numbers">${numbers.map(numbersMarkup).join('\n')}</div>` : ''}
${sourceMarkup(result, scenarios, isSingle ? [] : numbers)}</article>`;
}
