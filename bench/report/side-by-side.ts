import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell, Result } from '../result/result.ts';
import type { WireName } from '../result/wires.ts';
import {
  type At,
  findCell,
  isValid,
  type MetricName,
  rangeOf,
  typical,
  wireOf,
} from '../statistics/summary.ts';
import { committedResult } from './committed-result.ts';
import { operationsOf } from './html/source-code.ts';

/**
 * Writes the figures that the side-by-side page shows, from the newest committed run; `--check`
 * writes nothing and fails if they are outdated.
 *
 *     node bench/report/side-by-side.ts [--check]
 */
const root = join(import.meta.dirname, '../..');
const path = join(root, 'services/console/side-by-side/measured.json');

/** An operation in a run: what it was measured as. */
interface MeasuredAs {
  /** What one call is, for a reader. */
  readonly what: string;
  readonly metric: MetricName;
  readonly at?: At;
  readonly contenders: Partial<Record<WireName, string>>;
}

const calls = { rest: 'rest', grpc: 'grpc', graphql: 'graphql', websocket: 'websocket' };

/** By scenario. */
const measuredAs: Readonly<Record<string, MeasuredAs>> = {
  'point-read': { what: 'a read', metric: 'cpuAtRate', contenders: calls },
  create: { what: 'a create', metric: 'cpuAtRate', contenders: calls },
  events: {
    what: 'an event and all its watchers',
    metric: 'cpuPerEvent',
    contenders: { grpc: 'grpc', graphql: 'graphql', websocket: 'websocket', sse: 'sse' },
  },
  screen: {
    what: 'a screen of 20 payments',
    metric: 'cpuAtCapacity',
    at: { rttMs: 0 },
    contenders: { rest: 'rest-expand', grpc: 'grpc-batch', graphql: 'graphql-loaders' },
  },
};

const whole = (value: number | undefined): number | null =>
  value === undefined ? null : Math.round(value);

const tenth = (value: number): number => Math.round(value * 10) / 10;

function figuresOf(cell: Cell, { metric, at }: MeasuredAs) {
  const cpu = rangeOf(cell, metric, at);
  return {
    cpuMicros: cpu ? { value: tenth(cpu.value), low: tenth(cpu.low), high: tenth(cpu.high) } : null,
    sentBytes: whole(typical(cell, (sample) => wireOf(sample)?.sentBytesPerCall)),
    receivedBytes: whole(typical(cell, (sample) => wireOf(sample)?.receivedBytesPerCall)),
  };
}

/** The figures of each operation that a run measured, by wires. */
export function measuredCalls(
  result: Result,
): Record<string, { readonly what: string; readonly byWire: object }> {
  return Object.fromEntries(
    Object.entries(measuredAs).map(([scenario, as]) => [
      // The first that the scenario is about.
      operationsOf([scenario])[0],
      {
        what: as.what,
        byWire: Object.fromEntries(
          Object.entries(as.contenders).flatMap(([wire, contender]) => {
            const cell = findCell(result, scenario, contender);
            return isValid(cell) ? [[wire, figuresOf(cell, as)]] : [];
          }),
        ),
      },
    ]),
  );
}

function main(): void {
  const { path: committed, result } = committedResult();
  const { environment, startedAt } = result;
  const where = `${environment.cpuModel}, ${startedAt.slice(0, 10)}`;
  const measured = { source: committed, where, calls: measuredCalls(result) };
  const text = `${JSON.stringify(measured, undefined, 2)}\n`;
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(
      `Expected the figures of ${committed} in ${path}, got others. Run: node bench/report/side-by-side.ts`,
    );
    process.exitCode = 1;
  }
}

if (import.meta.main) main();
