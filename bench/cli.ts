import { fileURLToPath } from 'node:url';
import { type Command, readCommand } from './command.ts';
import { endAll } from './process/child.ts';
import { checkFolder, isUnfiltered, publish, renderPublication } from './publish.ts';
import { compareResults, renderComparison } from './report/compare.ts';
import { exit, outcomeOf, renderOutcome } from './report/outcome.ts';
import { createProgress, renderEnd } from './report/terminal.ts';
import { judgeThresholds, parseThreshold } from './report/threshold.ts';
import { formatDuration } from './result/format.ts';
import { readResult } from './result/result.ts';
import { scenarios } from './scenarios/index.ts';
import { startLoadGenerator } from './scenarios/start-generator.ts';
import { findTemplate } from './subject/template.ts';
import { makePlan, type Plan } from './trial/plan.ts';
import { runPlan } from './trial/run.ts';
import { usage, usageOfAll } from './usage.ts';

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

/** The arguments as they may be shown to others: without the key. */
const withoutSecrets = (args: readonly string[]): string[] =>
  args.map((text, at) => {
    if (args[at - 1] === '--target-key') return '…';
    return text.replace(/^(--target-key=).*/, '$1…');
  });

async function run(
  {
    action,
    request,
    folder,
    json,
    thresholds,
    strict,
  }: Extract<Command, { action: 'run' | 'list' }>,
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
  checkFolder(folder);
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
  const published = publish(result, { folder }, isUnfiltered(request));
  out.write(`\n${renderPublication(published)}\n`);
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  const judged = result.complete ? judgeThresholds(result, limits) : [];
  for (const { text, verdict, measured } of judged)
    out.write(`${verdict}: ${text} (${measured})\n`);
  const outcome = outcomeOf(result, judged, { strict });
  out.write(renderOutcome(result, outcome));
  return outcome.code;
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
      return (await crossCheck(command.durationMs)) ? exit.passed : exit.lost;
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
