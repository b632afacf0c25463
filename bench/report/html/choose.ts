import type { Choice } from '../choose.ts';
import { prose } from './markup.ts';

/** Links to the questions that have an answer on the page. */
const evidenceMarkup = ({ questions }: Choice, answered: ReadonlyMap<number, string>): string => {
  const links = questions.flatMap((number) => {
    const asks = answered.get(number);
    return asks === undefined ? [] : [`<a href="#q${number}">${prose(asks)}</a>`];
  });
  return links.length === 0 ? '' : `<p class="evidence">${links.join(' ')}</p>`;
};

const heads: Readonly<Record<'case' | 'take' | 'because' | 'unless', string>> = {
  case: 'If you',
  take: 'take',
  because: 'because',
  unless: 'unless',
};

/**
 * The table of when to choose which. On a narrow page each row is a block.
 * @param answered how the questions that this run answers are asked, by number
 */
export function chooseMarkup(
  choices: readonly Choice[],
  answered: ReadonlyMap<number, string>,
): string {
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
