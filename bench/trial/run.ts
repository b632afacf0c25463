import { type LinkProcess, startLinkProcess } from '../link/links.ts';
import { type Cell, type Result, resultVersion, type StoreMeasurement } from '../result/result.ts';
import { judgeCell } from '../statistics/soundness.ts';
import { hashOf } from '../subject/sources.ts';
import { type Copies, importTemplate, openCopies, type Template } from '../subject/template.ts';
import { type RunProgress, runBlock } from './block.ts';
import { cutOf, fitting } from './budget.ts';
import { readEnvironment } from './environment.ts';
import { type Machine, startMachine } from './machine.ts';
import type { Block, Plan, Request } from './plan.ts';
import { createPool, type Pool } from './pool.ts';
import { nodeFlagsOf, type Preflight, runPreflight } from './preflight.ts';
import { createRates, type Rates } from './rates.ts';
import type { Effort } from './scenario.ts';
import type { StartLoadGenerator } from './tasks.ts';

interface RunOptions {
  readonly template: Template;
  readonly flags: readonly string[];
  readonly signal: AbortSignal;
  readonly progress: RunProgress;
  readonly startGenerator: StartLoadGenerator;
}

const storeWithinMs = 60_000;

/** The sources that are measured, and must not change during the run. */
const measured = ['services', 'protos', 'schema'];

/** All that a run has so far. */
interface RunState {
  readonly startedAt: string;
  readonly environment: Result['environment'];
  readonly cells: Cell[];
  readonly rates: Rates;
  machine?: Machine;
  /** Blocks that were run to their end. */
  readonly ran: Block[];
  preflight?: Preflight;
  storage: StoreMeasurement | null;
}

function resultOf(
  run: RunState,
  { wanted }: Plan,
  request: Request,
  flags: readonly string[],
  complete: boolean,
): Result {
  const { startedAt, environment, cells, preflight, storage } = run;
  const { loading, seed, only, wires, tls, targets } = request;
  return {
    version: resultVersion,
    startedAt,
    finishedAt: new Date().toISOString(),
    complete,
    environment,
    options: {
      seed,
      effort: loading.effort,
      only: [...only],
      wires: [...wires],
      tls,
      nodeFlags: targets.length > 0 ? [] : [...nodeFlagsOf(request)],
      targets: Object.fromEntries(targets.map(({ wire, host, port }) => [wire, `${host}:${port}`])),
      flags: [...flags],
    },
    start: preflight?.start ?? null,
    ceilings: [...(preflight?.ceilings ?? [])],
    link: preflight?.link ?? null,
    rates: [...run.rates.all],
    machine: run.machine?.speed() ?? null,
    cut: complete ? cutOf(wanted, run.ran) : [],
    parts: [],
    cells,
    storage,
  };
}

/**
 * The pace is taken for that of the estimates until this much is past: the first blocks start the
 * servers, and would make a run seem longer than it is.
 */
const paceAfterMs = 40_000;
/** Time for steps that are taken again, because the machine was slow meanwhile. */
const repeatsMs: Readonly<Record<Effort, number>> = { quick: 0, normal: 12_000, full: 60_000 };

const estimateOf = (blocks: readonly Block[]): number =>
  blocks.reduce((ms, { estimateMs }) => ms + estimateMs, 0);

interface RunBlocksOptions extends RunOptions {
  readonly plan: Plan;
  readonly request: Request;
  readonly copies: Copies;
  readonly run: RunState & { readonly preflight: Preflight; readonly machine: Machine };
  /** Of the whole run, on the clock of this process. */
  readonly startedMs: number;
}

/** Runs blocks one after the other, and leaves out those that the time does not allow. */
async function runBlocks(on: RunBlocksOptions): Promise<void> {
  const { plan, request, run, copies, signal, progress } = on;
  const blocksFromMs = performance.now();
  let rest = plan.blocks;
  let pool: Pool | undefined;
  let doneMs = 0;
  try {
    for (let block = rest[0], round = -1; block && !signal.aborted; block = rest[0]) {
      const nowMs = performance.now();
      const pace = (nowMs - blocksFromMs + paceAfterMs) / (doneMs + paceAfterMs);
      if (plan.budgetMs !== undefined) {
        rest = fitting(rest, (plan.budgetMs - (nowMs - on.startedMs)) / pace);
        if (rest[0] !== block) continue;
      }
      rest = rest.slice(1);
      if (block.round !== round || !pool) {
        await pool?.end();
        pool = createPool(run.preflight, copies, on.startGenerator);
        round = block.round;
      }
      const { preflight, machine, rates, cells } = run;
      const common = { request, preflight, machine, rates, cells, signal, progress, pool };
      await runBlock(block, { ...common, restMs: estimateOf(rest) });
      run.ran.push(block);
      doneMs += block.estimateMs;
    }
  } finally {
    await pool?.end();
  }
}

/**
 * Runs the plan. After an interrupt it returns what was measured until then; the result is complete
 * only if the plan was run to its end.
 */
export async function runPlan(plan: Plan, request: Request, options: RunOptions): Promise<Result> {
  const { template, flags, signal, progress, startGenerator } = options;
  const run: RunState = {
    startedAt: new Date().toISOString(),
    environment: readEnvironment(),
    cells: [],
    rates: createRates(),
    ran: [],
    storage: null,
  };
  const resultNow = (complete: boolean) => resultOf(run, plan, request, flags, complete);
  const judgedNow = (complete: boolean) => {
    for (const cell of run.cells) judgeCell(cell);
    return resultNow(complete);
  };
  const hashBefore = hashOf(measured);
  let startedMs = performance.now();
  let copies: Copies | undefined;
  let links: LinkProcess | undefined;
  try {
    // A server that runs already has data of its own.
    if (!template.exists && request.targets.length === 0) {
      progress.importing();
      await importTemplate(template, signal);
      // Not counted, because a machine imports only once.
      startedMs = performance.now();
    }
    copies = openCopies(template);
    links = await startLinkProcess();
    if (plan.blocks.length > 0) {
      progress.calibrating();
      const { controlPort } = links;
      const machine = await startMachine(copies, startGenerator, repeatsMs[request.loading.effort]);
      run.machine = machine;
      const common = { copies, plan, request, controlPort, machine, startGenerator };
      const ready = Object.assign(run, { machine, preflight: await runPreflight(common) });
      await runBlocks({ ...options, plan, request, copies, run: ready, startedMs });
    }
    if (plan.storage && !signal.aborted) {
      run.storage = await measureStore(copies, startGenerator);
    }
    if (hashOf(measured) !== hashBefore) {
      for (const { invalid } of run.cells)
        invalid.push('the code of the server changed on the way');
    }
    return judgedNow(!signal.aborted);
  } catch (thrown) {
    if (signal.aborted) return judgedNow(false);
    throw thrown;
  } finally {
    await run.machine?.stop();
    await links?.stop();
    copies?.close();
  }
}

async function measureStore(
  copies: Copies,
  startGenerator: StartLoadGenerator,
): Promise<StoreMeasurement> {
  const generator = await startGenerator();
  try {
    return await generator.run('store', copies.folder, storeWithinMs);
  } finally {
    await generator.stop();
  }
}
