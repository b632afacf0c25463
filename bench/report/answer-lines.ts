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

/** A question with a text beside it, in as many lines as the longer one needs. */
function beside({ number, asks }: Question, text: string, ink: (line: string) => string): string {
  const left = linesOf(asks, asksWidth);
  const right = linesOf(text, answerWidth);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => {
    const start = (at === 0 ? String(number) : '').padStart(numberWidth);
    const line = right[at] ?? '';
    const inked = at === 0 ? ink(line) : line;
    return `${start}${gap}${(left[at] ?? '').padEnd(asksWidth)}${gap}${inked}`.trimEnd();
  }).join('\n');
}

/** Renders `No: a gRPC read …`. The first words are in colour, because a reader looks for them. */
const renderAnswer = (question: Question, verdict: Verdict, ink: Ink): string =>
  beside(question, sentenceOf(verdict), (line) =>
    line.replace(/^[^:.]+/, (opening) => ink(inks[verdict.answer], opening)),
  );

const unanswered = 'Without an answer in this run. The command beside each measures what it needs:';

/** Renders each question with its answer; then the questions without an answer. */
export function renderAnswers(result: Result, ink: Ink): string {
  const judged = questions.map((question) => ({ question, verdict: question.judge(result) }));
  const isMeasured = ({ verdict }: (typeof judged)[number]) => verdict.answer !== 'not measured';
  const others = judged.filter((one) => !isMeasured(one));
  const parts = [
    judged.filter(isMeasured).map(({ question, verdict }) => renderAnswer(question, verdict, ink)),
    others.length === 0
      ? []
      : [
          unanswered,
          ...others.map(({ question }) =>
            beside(question, commandFor(question), (line) => ink('dim', line)),
          ),
        ],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}
