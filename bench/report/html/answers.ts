import type { Verdict } from '../../questions/question.ts';
import { escaped, prose } from './markup.ts';

/** A question and the verdict of this run. */
export interface Judged {
  readonly number: number;
  readonly claim: string;
  /** Who makes the claim. */
  readonly source: string;
  readonly verdict: Verdict;
  /** The scenarios whose numbers it is judged by. */
  readonly scenarios: readonly string[];
}

const icons: Readonly<Record<Verdict['answer'], string>> = {
  yes: 'M3 8.5 6.5 12 13 4.5',
  no: 'M4 4l8 8M12 4l-8 8',
  depends: 'M2 8h5M7 8l6-4.5M7 8l6 4.5',
  'no difference shown': 'M3 6h10M3 10.5h10',
  'not measured': 'M8 4v5M8 12v.5',
};

/** A verdict as an icon and a word; the colour repeats them. */
export const badge = (answer: Verdict['answer']): string =>
  `<span class="badge ${answer.replaceAll(' ', '-')}"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="${icons[answer]}"/></svg>${escaped(answer === 'depends' ? 'it depends' : answer)}</span>`;

/** Characters of evidence that are shown unfolded beside a picture. */
const longReason = 420;

function reasonMarkup({ because, picture }: Verdict): string {
  const text = `<p class="because">${prose(because)}</p>`;
  return picture && because.length > longReason
    ? `<details class="folded"><summary>Evidence</summary>${text}</details>`
    : text;
}

export const cardMarkup = (
  { number, claim, source, verdict }: Judged,
  pictures: string,
  disclosure: string,
): string => `<article class="card" id="q${number}">
<div class="words"><p class="number">Question ${number} · said by ${prose(source)}</p>
<h3>“${prose(claim)}”</h3>
<p class="verdict">${badge(verdict.answer)}${verdict.finding ? `<strong class="finding">${prose(verdict.finding)}</strong>` : ''}</p>
${reasonMarkup(verdict)}</div>
${pictures}
${disclosure}
</article>`;

/** The questions that this run does not answer. */
export const unmeasuredMarkup = (judged: readonly Judged[]): string =>
  judged.length === 0
    ? ''
    : `<details class="unmeasured"><summary>Not measured in this run (${judged.length})</summary><ul>${judged
        .map(
          ({ number, claim, verdict }) =>
            `<li id="q${number}">${number}. “${prose(claim)}” ${prose(verdict.because)}</li>`,
        )
        .join('')}</ul></details>`;
