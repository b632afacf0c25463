import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makePlan, type Request } from './plan.ts';
import { formatDuration } from './report/format.ts';
import { writeJson, writeWhole } from './report/json.ts';
import { renderReport } from './report/markdown.ts';
import type { Result } from './report/result.ts';
import { createProgress, renderEnd } from './report/terminal.ts';
import { runPlan } from './run.ts';
import { scenarios, storageName } from './scenarios/index.ts';
import { labels } from './scenarios/wires.ts';
import { endAll } from './subject/process.ts';
import { findTemplate } from './subject/template.ts';

const exit = { passed: 0, failed: 1, invalid: 3, interrupted: 130 } as const;
const resultsFolder = fileURLToPath(new URL('./results', import.meta.url));
const defaultSeed = 1;

const usage = `Compares the wires: the same operations on the same data, fresh processes, equal answers.

  npm run bench [-- options]

  --only NAMES    scenarios, with commas: ${[...scenarios.map(({ name }) => name), storageName].join(', ')}
  --wires NAMES   wires beside the baseline: ${Object.keys(labels).join(', ')}
  --seed N        order of the processes and arrivals; ${defaultSeed} where absent
  --out FOLDER    where latest.json and latest.md go; bench/results where absent
  --json          prints the result as JSON, and nothing else, on standard output
  --quick         one short round: shows that the bench works, not how fast anything is
  --full          three times the rounds, long phases: compiled code and narrow intervals
  --list          says what would be run, and how long it would take
  --help

Exit codes: 0 done, 1 error, 3 some measurement is invalid, 130 interrupted.
`;

interface Command {
  readonly request: Request;
  readonly folder: string;
  readonly json: boolean;
  readonly action: 'run' | 'list' | 'help';
}

function namesIn(text: string | undefined, flag: string, known: readonly string[]): string[] {
  const names = text?.split(',').map((name) => name.trim()) ?? [];
  const stray = names.find((name) => !known.includes(name));
  if (stray === undefined) return names;
  throw new Error(`${flag}: expected any of ${known.join(', ')}, got '${stray}'`);
}

/** @throws Error saying what was expected and what was got */
export function readCommand(args: readonly string[]): Command {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      wires: { type: 'string' },
      seed: { type: 'string', default: String(defaultSeed) },
      out: { type: 'string', default: resultsFolder },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.quick && values.full) throw new Error('expected one of --quick and --full, got both');
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new Error(`--seed: expected an integer from 0 to 4294967295, got '${values.seed}'`);
  }
  const names = [...scenarios.map(({ name }) => name), storageName];
  return {
    request: {
      only: namesIn(values.only, '--only', names),
      wires: namesIn(values.wires, '--wires', Object.keys(labels)),
      seed,
      effort: values.quick ? 'quick' : values.full ? 'full' : 'normal',
    },
    folder: values.out,
    json: values.json,
    action: values.help ? 'help' : values.list ? 'list' : 'run',
  };
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const { request, folder, json, action } = readCommand(args);
  if (action === 'help') {
    console.log(usage);
    return exit.passed;
  }
  const template = findTemplate();
  const plan = makePlan(request, !template.exists);
  // With --json, what is for the eye goes where it disturbs no pipe.
  const out = json ? process.stderr : process.stdout;
  // Whoever read this is gone: nobody waits for the rest.
  out.on('error', () => process.exit(exit.failed));
  const processes = `${plan.steps.length} fresh server processes`;
  out.write(`${processes}, about ${formatDuration(plan.estimateMs)}, seed ${request.seed}.\n\n`);
  if (action === 'list') {
    for (const { name, title, contenders } of scenarios) {
      const steps = plan.steps.filter(({ scenario }) => scenario.name === name);
      if (steps.length === 0) continue;
      const ways = contenders.flatMap((contender) => {
        const count = steps.filter((step) => step.contender === contender).length;
        return count === 0 ? [] : [`${contender.label} (${count})`];
      });
      out.write(`${name}: ${title}\n  ${ways.join('; ')}\n`);
    }
    return exit.passed;
  }

  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // Twice: now.
      if (stop.signal.aborted) process.exit(exit.interrupted);
      stop.abort();
      endAll();
    });
  }
  const screen = { isTTY: out.isTTY === true, write: (text: string) => void out.write(text) };
  const progress = createProgress(screen, plan);
  const options = { template, flags: args, signal: stop.signal, progress };
  const result = await runPlan(plan, request, options);
  progress.clear();
  publish(result, folder);
  out.write(renderEnd(result));
  out.write(`\nWritten: ${folder}/latest.json, ${folder}/latest.md\n`);
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  if (!result.complete) return exit.interrupted;
  return result.cells.some(({ invalid }) => invalid.length > 0) ? exit.invalid : exit.passed;
}

function publish(result: Result, folder: string): void {
  writeJson(`${folder}/latest.json`, result);
  writeWhole(`${folder}/latest.md`, renderReport(result));
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
