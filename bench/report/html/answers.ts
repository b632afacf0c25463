import { openingOf, type Question, sentenceOf, type Verdict } from '../../questions/question.ts';
import type { Result } from '../../result/result.ts';
import { roomOf } from '../../result/wires.ts';
import { picturesMarkup } from './frame.ts';
import { escaped, list, prose, tableMarkup } from './markup.ts';
import { pictureTable } from './picture-table.ts';
import { codeOf, commandOf, operationsOf, withFloor } from './source-code.ts';

/** A question and the verdict of this run. */
export interface Judged extends Omit<Question, 'judge'> {
  readonly verdict: Verdict;
}

const icons: Readonly<Record<Verdict['answer'], string>> = {
  yes: 'M3 8.5 6.5 12 13 4.5',
  no: 'M4 4l8 8M12 4l-8 8',
  depends: 'M2 8h5M7 8l6-4.5M7 8l6 4.5',
  'no difference shown': 'M3 6h10M3 10.5h10',
  'not measured': 'M8 4v5M8 12v.5',
};

const classOf = (answer: Verdict['answer']): string => answer.replaceAll(' ', '-');

const iconOf = (answer: Verdict['answer']): string =>
  `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${icons[answer]}"/></svg>`;

/** A verdict as an icon and a word; the colour repeats them. */
export const badge = (answer: Verdict['answer']): string =>
  `<span class="badge ${classOf(answer)}">${iconOf(answer)}${escaped(answer === 'depends' ? 'it depends' : answer)}</span>`;

/** The whole sentence, its first words by icon and colour too. */
function sentenceMarkup(verdict: Verdict): string {
  const opening = openingOf(verdict);
  const rest = sentenceOf(verdict).slice(opening.length);
  return `<p class="verdict"><b class="opening ${classOf(verdict.answer)}">${iconOf(verdict.answer)}${prose(opening)}</b>${prose(rest)}</p>`;
}

/** Says which run measured an answer, because a shared answer has no page around it. */
const originOf = ({ startedAt, environment }: Result): string =>
  [
    'Fivewire bench',
    startedAt.slice(0, 10),
    `${environment.cpuModel}, ${environment.cores} cores`,
    `Node ${environment.node}`,
    ...(environment.revision ? [`revision ${environment.revision.slice(0, 12)}`] : []),
  ].join(' · ');

/** Whether a file is of a room that the question compares, or of no room. */
const isCompared = (path: string, wires: Judged['wires']): boolean =>
  !wires ||
  !path.startsWith('services/') ||
  wires.some((one) => path.split('/')[1] === roomOf(one));

function numbersMarkup(result: Result, { verdict, scenarios, wires }: Judged): string {
  const { picture, numbers = [], because } = verdict;
  const tables = [...(picture ? [pictureTable(picture)] : []), ...numbers];
  const files = scenarios.flatMap((scenario) => codeOf(result, scenario));
  const code = new Set(files.filter((path) => isCompared(path, wires)));
  const { revision } = result.environment;
  return `<details class="source"><summary>Numbers</summary>
${tables.map((table) => tableMarkup(table) + list(table.notes)).join('\n')}
<p>${prose(because)}</p>
<p>Code measured${revision ? `, at ${escaped(revision.slice(0, 12))}` : ''}: ${[...code].map((path) => `<code>${escaped(path)}</code>`).join(', ')}</p></details>`;
}

/** Numbers, code and command: each is a click away. */
function behindMarkup(result: Result, judged: Judged): string {
  const links = operationsOf(judged.scenarios).map(
    (name) => `<a href="compare.html#${name}"><code>${name}</code></a>`,
  );
  const command = commandOf(result, withFloor(result, judged.scenarios), judged.wires);
  return `<div class="behind">${numbersMarkup(result, judged)}
${links.length > 0 ? `<p>Code side by side: ${links.join(', ')}</p>` : ''}
<p class="again"><code class="command">${escaped(command)}</code> <button type="button" class="copy" hidden>Copy</button></p></div>`;
}

/** One answer: the question, a sentence, one picture, and what is behind them. */
export function cardMarkup(result: Result, judged: Judged): string {
  const { number, asks, claim, source, verdict } = judged;
  const { picture } = verdict;
  const isWide = picture?.kind === 'matrix';
  return `<article class="card answer${isWide ? ' several' : ''}" id="q${number}" data-origin="${escaped(originOf(result))}">
<div class="words"><p class="number">“${prose(claim)}”, ${prose(source)}</p>
<h3>${prose(asks)}</h3>
${sentenceMarkup(verdict)}
<p class="share"><a href="#q${number}" title="Link to this answer">Link</a> <button type="button" class="as-markdown" hidden>Copy as Markdown</button> <button type="button" class="as-image" hidden>Copy as image</button></p></div>
${picturesMarkup(`answer-${number}`, picture ? [picture] : [])}
${behindMarkup(result, judged)}
</article>`;
}

/** The questions that this run does not answer, each with the command that answers it. */
export const unmeasuredMarkup = (result: Result, judged: readonly Judged[]): string =>
  judged.length === 0
    ? ''
    : `<details class="unmeasured"><summary>Not measured in this run (${judged.length})</summary><ul>${judged
        .map(
          ({ number, asks, verdict, scenarios, wires }) =>
            `<li id="q${number}">${prose(asks)} ${prose(sentenceOf(verdict))} <code>${escaped(commandOf(result, withFloor(result, scenarios), wires))}</code></li>`,
        )
        .join('')}</ul></details>`;
