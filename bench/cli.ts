import { fileURLToPath } from 'node:url';
import { assemble } from './assemble.ts';
import { checkRequest, resultPathOf } from './checks.ts';
import { readCommand } from './command.ts';
import { runParts } from './full.ts';
import { readMeasuredPart } from './part-record.ts';
import { compareResults } from './report/compare.ts';
import { renderComparison } from './report/compare-text.ts';
import { inkFor } from './report/ink.ts';
import { writeJson } from './report/json.ts';
import { exit } from './report/outcome.ts';
import { differencesOf } from './result/parts-of-run.ts';
import { readResult } from './result/result.ts';
import { measure, outOf, runOnce, stopOnSignals } from './run.ts';
import { measureSlowness } from './trial/slowness.ts';
import { usage, usageOfAll } from './usage.ts';

const resultsFolder = fileURLToPath(new URL('./results', import.meta.url));

/** The arguments as they may be shown to others: without the key. */
const withoutSecrets = (args: readonly string[]): string[] =>
  args.map((text, at) => {
    if (args[at - 1] === '--target-key') return '…';
    return text.replace(/^(--target-key=).*/, '$1…');
  });

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const command = readCommand(args, resultsFolder);
  switch (command.action) {
    case 'help':
      process.stdout.write(command.all ? usageOfAll : usage);
      return exit.passed;
    case 'compare': {
      const [older, newer] = command.paths.map((path) => readResult(resultPathOf(path)));
      const ink = inkFor({ isTTY: process.stdout.isTTY === true });
      if (older && newer) console.log(renderComparison(compareResults(older, newer), ink));
      return exit.passed;
    }
    case 'assemble': {
      const measured = command.folders.map(readMeasuredPart);
      const whole = assemble(measured);
      writeJson(command.path, whole);
      for (const line of differencesOf(whole)) console.log(`Parts differ: ${line}`);
      console.log(`Written: ${command.path}, from ${measured.length} parts.`);
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
    default: {
      const flags = withoutSecrets(args);
      if (command.action === 'run') await checkRequest(command.request);
      if (command.parts.length === 0) return runOnce(command, flags);
      const [out, signal] = [outOf(command), stopOnSignals()];
      return runParts(command, {
        out,
        signal,
        slowness: await measureSlowness(),
        measure: (plan, request) => measure(plan, request, { out, signal, flags }),
      });
    }
  }
}

/** Does what the command line asks for, and sets the exit code. */
export async function runCommand(): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = exit.failed;
  }
}

if (import.meta.main) await runCommand();
