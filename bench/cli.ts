import { fileURLToPath } from 'node:url';
import { type Command, readCommand } from './command.ts';
import { endAll } from './process/child.ts';
import { compareResults, renderComparison } from './report/compare.ts';
import { renderHtml } from './report/html/render.ts';
import { writeJson, writeWhole } from './report/json.ts';
import { renderReport } from './report/markdown.ts';
import { createProgress, renderEnd } from './report/terminal.ts';
import { type Judgement, judgeThresholds, parseThreshold } from './report/threshold.ts';
import { formatDuration } from './result/format.ts';
import { type Result, readResult } from './result/result.ts';
import { scenarios } from './scenarios/index.ts';
import { startLoadGenerator } from './scenarios/start-generator.ts';
import { findTemplate } from './subject/template.ts';
import { makePlan, type Plan } from './trial/plan.ts';
import { runPlan } from './trial/run.ts';
import { usage, usageOfAll } from './usage.ts';

const exit = { passed: 0, failed: 1, threshold: 2, invalid: 3, interrupted: 130 } as const;
const resultsFolder = fileURLToPath(new URL('./results', import.meta.url));

type Out = NodeJS.WriteStream;

function list(plan: Plan, out: Out): void {
  for (const scenario of scenarios) {
    const blocks = plan.blocks.filter((block) => block.scenario === scenario);
    const [first] = blocks;
    if (!first) continue;
    const ways = scenario.contenders.filter((one) => first.contenders.includes(one));
    const rounds = blocks.length === 1 ? '1 round' : `${blocks.length} rounds`;
    const length = formatDuration(blocks.reduce((ms, { estimateMs }) => ms + estimateMs, 0));
    out.write(`${scenario.name}: ${scenario.title}, ${rounds}, ${length}\n`);
    out.write(`  ${ways.map(({ label }) => label).join('; ')}\n`);
  }
}

/** The first signal ends the measuring; what was measured is still published. */
function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // A second signal ends the run at once.
      if (stop.signal.aborted) process.exit(exit.interrupted);
      process.stderr.write('\nStopping; what was measured is kept. Again: stop at once.\n');
      stop.abort();
      endAll();
    });
  }
  return stop.signal;
}

/** Writes the result and its reports; what was interrupted replaces no complete run. */
function publish(result: Result, folder: string): string {
  const name = result.complete ? 'latest' : 'interrupted';
  writeJson(`${folder}/${name}.json`, result);
  writeWhole(`${folder}/${name}.md`, renderReport(result));
  writeWhole(`${folder}/${name}.html`, renderHtml(result));
  return `Written: ${folder}/${name}.json, ${name}.md and ${name}.html`;
}

/** Whether some cell, or the figures that contenders are compared by, must not be used. */
const hasInvalid = ({ cells }: Result): boolean =>
  cells.some(
    ({ invalid, samples }) =>
      invalid.length > 0 ||
      samples.some(({ closed, open }) =>
        [closed[0], open.find(({ share }) => share === null)].some((load) => load?.invalid.length),
      ),
  );

export function exitCodeOf(result: Result, judged: readonly Judgement[]): number {
  if (!result.complete) return exit.interrupted;
  if (judged.some(({ verdict }) => verdict === 'not met')) return exit.threshold;
  const isUnknown = judged.some(({ verdict }) => verdict === 'not measured');
  return isUnknown || hasInvalid(result) ? exit.invalid : exit.passed;
}

/** The arguments as they may be shown to others: without the key. */
const withoutSecrets = (args: readonly string[]): string[] =>
  args.map((text, at) => {
    if (args[at - 1] === '--target-key') return '…';
    return text.replace(/^(--target-key=).*/, '$1…');
  });

async function run(
  { action, request, folder, json, thresholds }: Extract<Command, { action: 'run' | 'list' }>,
  args: readonly string[],
): Promise<number> {
  const limits = thresholds.map(parseThreshold);
  const template = findTemplate();
  const plan = makePlan(scenarios, request, !template.exists);
  // With --json, standard output carries only the result; progress goes to standard error.
  const out = json ? process.stderr : process.stdout;
  // The reader of the pipe has ended, so the run ends too.
  out.on('error', () => process.exit(exit.failed));
  const length = formatDuration(plan.estimateMs);
  out.write(`${plan.servers} fresh server processes, about ${length}, seed ${request.seed}.\n\n`);
  if (action === 'list') {
    list(plan, out);
    return exit.passed;
  }
  const screen = { isTTY: out.isTTY === true, write: (text: string) => void out.write(text) };
  const progress = createProgress(screen, plan);
  const signal = stopOnSignals();
  const flags = withoutSecrets(args);
  const result = await runPlan(plan, request, {
    template,
    flags,
    signal,
    progress,
    startGenerator: startLoadGenerator,
  });
  progress.clear();
  // First, so that it is not lost if the files cannot be written.
  out.write(renderEnd(result));
  out.write(`\n${publish(result, folder)}\n`);
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  const judged = result.complete ? judgeThresholds(result, limits) : [];
  for (const { text, verdict, measured } of judged)
    out.write(`${verdict}: ${text} (${measured})\n`);
  return exitCodeOf(result, judged);
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const command = readCommand(args, resultsFolder);
  switch (command.action) {
    case 'help':
      process.stdout.write(command.all ? usageOfAll : usage);
      return exit.passed;
    case 'compare': {
      const [older, newer] = command.paths.map((path) => readResult(path));
      if (older && newer) console.log(renderComparison(compareResults(older, newer)));
      return exit.passed;
    }
    case 'cross-check': {
      const { crossCheck } = await import('./cross-check/run.ts');
      return (await crossCheck(command.durationMs)) ? exit.passed : exit.invalid;
    }
    case 'costs': {
      const { measureCosts } = await import('./costs/run.ts');
      return (await measureCosts(stopOnSignals())) ? exit.passed : exit.threshold;
    }
    default:
      return run(command, args);
  }
}

if (import.meta.main) {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = exit.failed;
    },
  );
}
