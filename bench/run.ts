import type { Command } from './command.ts';
import { endAll } from './process/child.ts';
import { checkFolder, isUnfiltered, publish, renderPublication } from './publish.ts';
import { inkFor } from './report/ink.ts';
import { exit, outcomeOf, renderOutcome } from './report/outcome.ts';
import { createProgress } from './report/progress.ts';
import { moreLine, renderEnd, renderTables } from './report/terminal.ts';
import { checkPlanned, judgeThresholds, parseThreshold } from './report/threshold.ts';
import { formatDuration } from './result/format.ts';
import type { Result } from './result/result.ts';
import { scenarios } from './scenarios/index.ts';
import { startLoadGenerator } from './scenarios/start-generator.ts';
import { findTemplate } from './subject/template.ts';
import { makePlan, type Plan, type Request } from './trial/plan.ts';
import { runPlan } from './trial/run.ts';
import { measureSlowness } from './trial/slowness.ts';

export type RunCommand = Extract<Command, { action: 'run' | 'list' }>;

/** Where a run is reported. */
export type Out = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

/** With `--json`, standard output has the result and nothing else. */
export function outOf({ json }: Pick<RunCommand, 'json'>): Out {
  const out = json ? process.stderr : process.stdout;
  // The reader of the pipe has ended, so the run ends too.
  out.on('error', () => process.exit(exit.failed));
  return out;
}

/** The first signal ends the measuring; what was measured is still published. */
export function stopOnSignals(): AbortSignal {
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

export function list(plan: Plan, out: Out): void {
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

/** @param slowness of this machine, as a factor */
export const planOf = (request: Request, slowness: number): Plan =>
  makePlan(scenarios, request, !findTemplate().exists, slowness);

interface Measuring {
  readonly out: Out;
  readonly signal: AbortSignal;
  /** The arguments as they may be shown to others. */
  readonly flags: readonly string[];
}

/** Runs a plan with its progress on the terminal. */
export async function measure(
  plan: Plan,
  request: Request,
  { out, signal, flags }: Measuring,
): Promise<Result> {
  const screen = { isTTY: out.isTTY === true, write: (text: string) => void out.write(text) };
  const progress = createProgress(screen, plan);
  const result = await runPlan(plan, request, {
    template: findTemplate(),
    flags,
    signal,
    progress,
    startGenerator: startLoadGenerator,
  });
  progress.clear();
  return result;
}

/** Prints the answers; with `--verbose`, every table before them. */
export function showAnswers(result: Result, { verbose }: RunCommand, out: Out): void {
  if (verbose) out.write(renderTables(result));
  out.write(renderEnd(result, inkFor({ isTTY: out.isTTY === true })));
}

/** Prints the end of a run: thresholds, what is invalid, and the exit code with its reason. */
export function conclude(
  result: Result,
  { json, thresholds, strict, verbose, request }: RunCommand,
  out: Out,
): number {
  out.write(moreLine(verbose, request.loading.effort === 'full'));
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  const judged = result.complete ? judgeThresholds(result, thresholds.map(parseThreshold)) : [];
  for (const { text, verdict, measured } of judged)
    out.write(`${verdict}: ${text} (${measured})\n`);
  const outcome = outcomeOf(result, judged, { strict });
  out.write(renderOutcome(result, outcome));
  return outcome.code;
}

/** One run, with one result. */
export async function runOnce(command: RunCommand, flags: readonly string[]): Promise<number> {
  const { action, request, folder, thresholds } = command;
  const limits = thresholds.map(parseThreshold);
  // First, so that no process outlives an interrupt.
  const signal = stopOnSignals();
  const plan = planOf(request, await measureSlowness());
  checkPlanned(limits, plan.blocks);
  if (action === 'run') checkFolder(folder);
  const out = outOf(command);
  const length = formatDuration(plan.estimateMs);
  out.write(`${plan.servers} fresh server processes, about ${length}, seed ${request.seed}.\n\n`);
  if (action === 'list') {
    list(plan, out);
    return exit.passed;
  }
  const result = await measure(plan, request, { out, signal, flags });
  // First, so that it is not lost if the files cannot be written.
  showAnswers(result, command, out);
  const published = publish(result, { folder }, isUnfiltered(request));
  out.write(`\n${renderPublication(published)}\n`);
  return conclude(result, command, out);
}
