import { questions } from '../questions/index.ts';
import { sentenceOf } from '../questions/question.ts';
import { formatDuration } from '../result/format.ts';
import type { Result } from '../result/result.ts';
import { renderText, terminalWidth, wrapped } from '../result/table.ts';
import { isScenarioName } from '../scenarios/index.ts';
import type { RunProgress } from '../trial/block.ts';
import type { Block, Plan } from '../trial/plan.ts';
import { goalTable } from './goals.ts';
import { describeRun } from './markdown.ts';
import { tablesOfScenario } from './tables/index.ts';
import { storageTable } from './tables/storage.ts';

/** The output of a run while it is measured. */
interface Terminal {
  readonly isTTY: boolean;
  write(text: string): void;
}

const clearLine = '\r\x1b[K';

/**
 * Reports the progress of a run: a terminal gets one line that changes, a log one line for each
 * scenario. Both get the tables of a scenario when it is done.
 */
export function createProgress(screen: Terminal, plan: Plan): RunProgress & { clear(): void } {
  const startedMs = performance.now();
  let current: string | undefined;
  let shownMs = 0;
  const clear = () => {
    if (screen.isTTY) screen.write(clearLine);
  };
  /** The estimated time left, at the pace so far. */
  const leftMs = (block: Block, part: number): number => {
    const sum = (blocks: readonly Block[]) => blocks.reduce((ms, one) => ms + one.estimateMs, 0);
    const at = plan.blocks.indexOf(block);
    const rest = sum(plan.blocks.slice(at)) - part * block.estimateMs;
    const before = plan.estimateMs - rest;
    const pace = before > 20_000 ? (performance.now() - startedMs) / before : 1;
    return rest * Math.min(2, Math.max(0.5, pace));
  };
  const say = (text: string) => {
    screen.write(screen.isTTY ? `${clearLine}${text}` : `${text}\n`);
  };
  return {
    importing: () => say('Importing the real invoices. The next run of this code reuses them.'),
    calibrating: () => say('Preflight: checking the data and calibrating the load generator.'),
    block(block, part) {
      const { scenario, round } = block;
      const left = formatDuration(leftMs(block, part));
      // Writing costs the client's core: a few times a second is enough.
      if (screen.isTTY && performance.now() - shownMs > 300) {
        shownMs = performance.now();
        const rounds = plan.blocks.filter((one) => one.scenario === scenario).length;
        const done = `${Math.round(part * 100)} %`.padStart(5);
        say(`${scenario.title} · round ${round + 1} of ${rounds} · ${done} · ${left} left`);
      } else if (!screen.isTTY && current !== scenario.name) {
        say(`Measuring ${scenario.title}, ${left} left in total`);
      }
      current = scenario.name;
    },
    finished(name, result) {
      clear();
      const tables = isScenarioName(name) ? tablesOfScenario(result, name) : storageTable(result);
      for (const table of tables) screen.write(`${renderText(table, terminalWidth)}\n`);
    },
    clear,
  };
}

/** The end of a run: the goals, the answers, and where it ran. */
export function renderEnd(result: Result): string {
  const answers = questions.map(({ number, claim, judge }) => {
    const sentence = wrapped(sentenceOf(judge(result)), '      ');
    return `${String(number).padStart(2)}  “${claim}”\n${sentence}`;
  });
  return [
    renderText(goalTable(result), terminalWidth),
    'Claims, judged by this run (the report has the evidence of each)\n',
    ...answers,
    '',
    ...describeRun(result).map((line) => wrapped(line, '  ')),
    '',
  ].join('\n');
}
