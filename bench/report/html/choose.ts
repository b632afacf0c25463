import type { Choice } from '../choose.ts';
import { prose } from './markup.ts';

const linkMarkup = (number: number): string =>
  `<a href="#q${number}" aria-label="Question ${number}">${number}</a>`;

/** The questions that have an answer below; the others would be links to nothing. */
const evidenceMarkup = ({ questions }: Choice, answered: ReadonlySet<number>): string => {
  const links = questions.filter((number) => answered.has(number)).map(linkMarkup);
  return links.length === 0 ? '' : ` <span class="evidence">Answers: ${links.join(', ')}</span>`;
};

const heads: Readonly<Record<'case' | 'take' | 'because' | 'unless', string>> = {
  case: 'If you',
  take: 'take',
  because: 'because',
  unless: 'unless',
};

/** A table to take to a meeting. On a narrow page each row is a block. */
export function chooseMarkup(choices: readonly Choice[], answered: ReadonlySet<number>): string {
  const rows = choices.map((choice) => {
    const cells = [
      ['take', `<b>${prose(choice.take)}</b>`],
      ['because', prose(choice.because) + evidenceMarkup(choice, answered)],
      ['unless', prose(choice.unless)],
    ].map(([name, markup]) => `<td class="choose-${name}" data-head="${name}">${markup}</td>`);
    return `<tr><th class="choose-case" data-head="${heads.case}" scope="row">${prose(choice.if)}</th>${cells.join('')}</tr>`;
  });
  const top = Object.entries(heads).map(
    ([name, head]) => `<th class="choose-${name}" scope="col">${head} …</th>`,
  );
  return `<table class="choose"><caption class="unseen">When to choose which</caption><thead><tr>${top.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}
