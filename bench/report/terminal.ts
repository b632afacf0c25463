import type { Plan, Step } from '../plan.ts';
import { questions } from '../questions/index.ts';
import type { Progress } from '../run.ts';
import { scenarios } from '../scenarios/index.ts';
import { figureTable } from './figures.ts';
import { formatDuration } from './format.ts';
import { describeRun } from './markdown.ts';
import type { Result } from './result.ts';
import { renderText } from './table.ts';
import { tableOf, tablesOf } from './tables.ts';

/** Where a report goes as it grows. */
export interface Screen {
  readonly isTTY: boolean;
  write(text: string): void;
}

const clearLine = '\r\x1b[K';

/**
 * Tells how a run goes: on a terminal one line that changes, in a log a line a scenario; and the
 * table of each scenario when it is done.
 */
export function createProgress(screen: Screen, plan: Plan): Progress & { clear(): void } {
  const startedMs = performance.now();
  let current: string | undefined;
  const clear = () => {
    if (screen.isTTY) screen.write(clearLine);
  };
  /** What is left by the estimates, at the pace so far. */
  const leftMs = (done: number): number => {
    const sum = (steps: readonly Step[]) => steps.reduce((ms, step) => ms + step.estimateMs, 0);
    const before = sum(plan.steps.slice(0, done));
    const rest = plan.estimateMs - before;
    const spentMs = performance.now() - startedMs;
    const pace = before > 10_000 ? spentMs / before : 1;
    return rest * Math.min(2, Math.max(0.5, pace));
  };
  return {
    importing: () =>
      screen.write('Importing the real invoices, once for this state of the code.\n'),
    step(step, done) {
      const { scenario, contender, round } = step;
      if (screen.isTTY) {
        const what = `${scenario.title} · ${contender.label} · round ${round + 1}`;
        const line = `[${done + 1}/${plan.steps.length}] ${what} · ${formatDuration(leftMs(done))} left`;
        screen.write(`${clearLine}${line.slice(0, 110)}`);
      } else if (current !== scenario.name) {
        screen.write(`${scenario.title}: measuring, ${formatDuration(leftMs(done))} left in all\n`);
      }
      current = scenario.name;
    },
    finished(name, result) {
      clear();
      const scenario = scenarios.find((one) => one.name === name);
      const table = scenario ? tableOf(result, scenario) : tablesOf(result).at(-1);
      if (table) screen.write(`${renderText(table)}\n`);
    },
    clear,
  };
}

const wrapped = (text: string, width: number, indent: string): string => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && line.length + word.length >= width) {
      lines.push(line);
      line = '';
    }
    line = line ? `${line} ${word}` : word;
  }
  return [...lines, line].map((one) => indent + one).join('\n');
};

/** The end of a run: the figures, the answers, and where it ran. */
export function renderEnd(result: Result): string {
  const answers = questions.map(({ number, claim, judge }) => {
    const { answer, because } = judge(result);
    return `${String(number).padStart(2)}  ${claim}: ${answer.toUpperCase()}\n${wrapped(because, 90, '      ')}`;
  });
  return [
    renderText(figureTable(result)),
    'What people say, and what this run says\n',
    ...answers,
    '',
    ...describeRun(result).map((line) => wrapped(line, 96, '  ')),
    '',
  ].join('\n');
}
