import type { Choice } from '../choose.ts';
import { escaped, prose } from './markup.ts';

const linkMarkup = (number: number): string =>
  `<a href="#q${number}" aria-label="Question ${number}">${number}</a>`;

/** The questions that have an answer below; the others would be links to nothing. */
const evidenceMarkup = ({ questions }: Choice, answered: ReadonlySet<number>): string => {
  const links = questions.filter((number) => answered.has(number)).map(linkMarkup);
  return links.length === 0 ? '' : ` <span class="evidence">Answers: ${links.join(', ')}</span>`;
};

/** The decision table. On a narrow page each row is a block, with its column's name before a cell. */
export function chooseMarkup(choices: readonly Choice[], answered: ReadonlySet<number>): string {
  const rows = choices.map((choice) => {
    const cells = [
      ['take', `<b>${prose(choice.take)}</b>`],
      ['because', prose(choice.because) + evidenceMarkup(choice, answered)],
      ['unless', prose(choice.unless)],
    ].map(([head, markup]) => `<td data-head="${head}">${markup}</td>`);
    return `<tr><th scope="row">${prose(choice.if)}</th>${cells.join('')}</tr>`;
  });
  const heads = ['If you …', 'take', 'because, measured here', 'unless'].map(
    (head) => `<th scope="col">${escaped(head)}</th>`,
  );
  return `<table class="choose"><caption class="unseen">When to choose which</caption><thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}
