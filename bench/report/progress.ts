import { formatDuration } from '../result/format.ts';
import { cut, terminalWidth } from '../result/table.ts';
import type { RunProgress } from '../trial/block.ts';
import type { Plan } from '../trial/plan.ts';

/** The output of a run while it is measured. */
interface Terminal {
  readonly isTTY: boolean;
  write(text: string): void;
}

const clearLine = '\r\x1b[K';
const barWidth = 20;
/** The estimate weighs as much as this much time at the run's own pace. */
const believedMs = 30_000;
/** How fast the end that is shown follows the one that is estimated. */
const settlingMs = 15_000;
const tickMs = 500;

/** Estimates the time left of a run: it falls with the clock, and follows the pace smoothly. */
export function createTimeLeft(estimateMs: number, now: () => number) {
  const startMs = now();
  let endMs = startMs + estimateMs;
  let updatedMs = startMs;
  let leastMs = 0;
  const leftMs = () => Math.max(leastMs, endMs - now());
  return {
    /** @param ms minimum time left until the first update */
    atLeast(ms: number): void {
      leastMs = ms;
    },
    /** @param doneMs how much of the estimate is done */
    update(doneMs: number): void {
      endMs = now() + leftMs();
      leastMs = 0;
      const pace = (now() - startMs + believedMs) / (doneMs + believedMs);
      const estimatedMs = now() + (estimateMs - doneMs) * pace;
      const weight = 1 - Math.exp(-(now() - updatedMs) / settlingMs);
      endMs += (estimatedMs - endMs) * weight;
      updatedMs = now();
    },
    leftMs,
    /** Of the whole run, 0 to 1. */
    share: (): number => (now() - startMs) / Math.max(1, now() - startMs + leftMs()),
  };
}

const barOf = (share: number): string => {
  const filled = Math.round(Math.min(1, share) * barWidth);
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled);
};

/**
 * Reports the progress of a run. A terminal gets one line that changes. A log gets a line for the
 * first round of each scenario, and one for each further round of the run.
 */
export function createProgress(
  screen: Terminal,
  plan: Plan,
  now = () => performance.now(),
): RunProgress & { clear(): void } {
  const time = createTimeLeft(plan.estimateMs, now);
  // The preflight may take longer than estimated, and none of the blocks is run meanwhile.
  time.atLeast(plan.blocks.reduce((sum, { estimateMs }) => sum + estimateMs, 0));
  const rounds = 1 + Math.max(0, ...plan.blocks.map(({ round }) => round));
  const seen = new Set<string>();
  let round = 0;
  let what = '';
  let timer: NodeJS.Timeout | undefined;
  const show = () => {
    const left = formatDuration(Math.ceil(time.leftMs() / 1000) * 1000);
    const line = `${barOf(time.share())} ${left} left · ${what}`;
    screen.write(clearLine + cut(line, terminalWidth - 1));
  };
  const say = (text: string) => {
    what = text;
    if (!screen.isTTY) return screen.write(`${text}, ${formatDuration(time.leftMs())} left.\n`);
    show();
    // The time goes on between reports, too.
    timer ??= setInterval(show, tickMs).unref();
  };
  const clear = () => {
    clearInterval(timer);
    timer = undefined;
    if (screen.isTTY) screen.write(clearLine);
  };
  return {
    importing: () => say('Importing the real invoices; the next run reuses them'),
    calibrating: () => say('Checking the data, calibrating the load generator'),
    block(block, part, restMs) {
      time.update(plan.estimateMs - (1 - part) * block.estimateMs - restMs);
      const { title, name } = block.scenario;
      const k = plan.blocks.indexOf(block) + 1;
      if (screen.isTTY) {
        what = `${k} of ${plan.blocks.length} · ${title}`;
        if (part === 0) say(what);
        return;
      }
      if (block.round > round) {
        round = block.round;
        say(`Round ${round + 1} of ${rounds}`);
      } else if (!seen.has(name)) {
        say(`Measuring ${k} of ${plan.blocks.length}: ${title}`);
      }
      seen.add(name);
    },
    finished() {},
    clear,
  };
}
