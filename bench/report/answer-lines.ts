import { questions } from '../questions/index.ts';
import { type Answer, type Question, sentenceOf, type Verdict } from '../questions/question.ts';
import type { Result } from '../result/result.ts';
import { linesOf, terminalWidth } from '../result/table.ts';
import type { Ink } from './ink.ts';

const gap = '  ';
const numberWidth = 2;
const asksWidth = 36;
const answerWidth = terminalWidth - numberWidth - asksWidth - 2 * gap.length;

const inks: Readonly<Record<Answer, Parameters<Ink>[0]>> = {
  yes: 'green',
  no: 'red',
  depends: 'yellow',
  'no difference shown': 'dim',
  'not measured': 'dim',
};

/** The command that measures what a question needs. */
export const commandFor = ({ scenarios }: Question): string =>
  `npm run bench -- --only ${scenarios.join(',')}`;

/** A question beside its answer, in as many lines as it takes. */
function renderAnswer(question: Question, verdict: Verdict, ink: Ink): string {
  const isMeasured = verdict.answer !== 'not measured';
  const sentence = isMeasured ? sentenceOf(verdict) : `Not measured. ${commandFor(question)}`;
  const asks = linesOf(question.asks, asksWidth);
  const answer = linesOf(sentence, answerWidth);
  return Array.from({ length: Math.max(asks.length, answer.length) }, (_, at) => {
    const number = at === 0 ? String(question.number) : '';
    const text = answer[at] ?? '';
    // `No: a gRPC read …`: the first word or words are what a reader looks for.
    const inked =
      at === 0 ? text.replace(/^[^:.]+/, (opening) => ink(inks[verdict.answer], opening)) : text;
    const left = `${number.padStart(numberWidth)}${gap}${(asks[at] ?? '').padEnd(asksWidth)}`;
    return `${left}${gap}${inked}`.trimEnd();
  }).join('\n');
}

/** Each question as a person asks it, with its answer; those that were not measured come last. */
export function renderAnswers(result: Result, ink: Ink): string {
  const judged = questions.map((question) => ({ question, verdict: question.judge(result) }));
  const isMeasured = ({ verdict }: (typeof judged)[number]) => verdict.answer !== 'not measured';
  const sorted = [...judged.filter(isMeasured), ...judged.filter((one) => !isMeasured(one))];
  return sorted.map(({ question, verdict }) => renderAnswer(question, verdict, ink)).join('\n');
}
