import { type LinkProcess, startLinkProcess } from '../link/links.ts';
import { type Cell, type Result, resultVersion, type StoreMeasurement } from '../result/result.ts';
import { hashOf } from '../subject/sources.ts';
import { type Copies, importTemplate, openCopies, type Template } from '../subject/template.ts';
import { type RunProgress, runBlock } from './block.ts';
import { readEnvironment } from './environment.ts';
import type { Plan, Request } from './plan.ts';
import { createPool } from './pool.ts';
import { nodeFlagsOf, type Preflight, runPreflight } from './preflight.ts';
import type { StartLoadGenerator } from './tasks.ts';

interface RunOptions {
  readonly template: Template;
  readonly flags: readonly string[];
  readonly signal: AbortSignal;
  readonly progress: RunProgress;
  readonly startGenerator: StartLoadGenerator;
}

const storeWithinMs = 60_000;

/** What is measured, and must not change while it is. */
const measured = ['services', 'protos', 'schema'];

/** All that a run has so far. */
interface RunState {
  readonly startedAt: string;
  readonly environment: Result['environment'];
  readonly cells: Cell[];
  preflight?: Preflight;
  storage: StoreMeasurement | null;
}

function resultOf(
  run: RunState,
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
    cells,
    storage,
  };
}

/**
 * Runs the plan. What was measured is returned whatever happens; it is complete only if the plan
 * was run to its end.
 */
export async function runPlan(plan: Plan, request: Request, options: RunOptions): Promise<Result> {
  const { template, flags, signal, progress, startGenerator } = options;
  const run: RunState = {
    startedAt: new Date().toISOString(),
    environment: readEnvironment(),
    cells: [],
    storage: null,
  };
  const resultNow = (complete: boolean) => resultOf(run, request, flags, complete);
  const hashBefore = hashOf(measured);
  let copies: Copies | undefined;
  let links: LinkProcess | undefined;
  try {
    // A server that runs already has data of its own.
    if (!template.exists && request.targets.length === 0) {
      progress.importing();
      await importTemplate(template, signal);
    }
    copies = openCopies(template);
    links = await startLinkProcess();
    if (plan.blocks.length > 0) {
      progress.calibrating();
      const { controlPort } = links;
      run.preflight = await runPreflight({ copies, plan, request, controlPort, startGenerator });
    }
    for (const round of Map.groupBy(plan.blocks, (block) => block.round).values()) {
      if (signal.aborted || !run.preflight) return resultNow(false);
      const pool = createPool(run.preflight, copies, startGenerator);
      try {
        for (const block of round) {
          const { preflight, cells } = run;
          await runBlock(block, { request, preflight, cells, signal, progress, pool });
          const isLast = plan.blocks.findLast(({ scenario }) => scenario === block.scenario);
          if (isLast === block) progress.finished(block.scenario.name, resultNow(false));
        }
      } finally {
        await pool.end();
      }
    }
    if (plan.storage && !signal.aborted) {
      run.storage = await measureStore(copies, startGenerator);
      if (!signal.aborted) progress.finished('storage', resultNow(false));
    }
    if (hashOf(measured) !== hashBefore) {
      for (const { invalid } of run.cells)
        invalid.push('the code of the server changed on the way');
    }
    return resultNow(!signal.aborted);
  } catch (thrown) {
    if (signal.aborted) return resultNow(false);
    throw thrown;
  } finally {
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
