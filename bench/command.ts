import { parseArgs } from 'node:util';
import { type PartName, partNames } from './parts.ts';
import { wireNames } from './result/wires.ts';
import type { Request, Target } from './trial/plan.ts';
import { defaultSeed, onlyNames } from './usage.ts';

/** What the command line asks for. */
export type Command =
  | { readonly action: 'help'; readonly all: boolean }
  | { readonly action: 'compare'; readonly paths: readonly [string, string] }
  | { readonly action: 'cross-check'; readonly durationMs: number }
  | { readonly action: 'costs' }
  | { readonly action: 'assemble'; readonly folders: readonly string[]; readonly path: string }
  | {
      readonly action: 'run' | 'list';
      readonly request: Request;
      readonly folder: string;
      readonly json: boolean;
      readonly verbose: boolean;
      readonly thresholds: readonly string[];
      /** Whether anything invalid sets exit code 3, and not only a lost answer. */
      readonly strict: boolean;
      /** The parts to run, one after the other, for one result. If empty, a single run. */
      readonly parts: readonly PartName[];
      /** Whether to reuse the result of a part that nothing has changed since. */
      readonly reuse: boolean;
    };

const bytesInMegabit = 125_000;

function expected(flag: string, what: string, got: unknown): Error {
  return new Error(`${flag}: expected ${what}, got '${got}'`);
}

function namesIn<Name extends string>(
  text: string | undefined,
  flag: string,
  known: readonly Name[],
): Name[] {
  const names = text?.split(',').map((name) => name.trim()) ?? [];
  const isKnown = (name: string): name is Name => known.some((one) => one === name);
  return names.map((name) => {
    if (isKnown(name)) return name;
    throw expected(flag, `any of ${known.join(', ')}`, name);
  });
}

function numberIn(
  text: string,
  flag: string,
  {
    from,
    to,
    whole = true,
  }: { readonly from: number; readonly to: number; readonly whole?: boolean },
): number {
  const value = Number(text);
  const fits = text.trim() !== '' && value >= from && value <= to;
  if (fits && (!whole || Number.isInteger(value))) return value;
  throw expected(flag, `${whole ? 'an integer' : 'a number'} from ${from} to ${to}`, text);
}

const msPerUnit = { ms: 1, s: 1000, m: 60_000 } as const;

/** A time such as `5s`, `500ms` or `2m`; bare numbers are seconds. Milliseconds. */
function durationIn(text: string): number {
  const [, number = '', unit = 's'] = /^\s*([0-9.]+)\s*(ms|s|m)?\s*$/.exec(text) ?? [];
  // The pattern lets only these units through.
  const ms = Number(number || Number.NaN) * msPerUnit[unit as keyof typeof msPerUnit];
  if (ms >= 50 && ms <= 600_000) return ms;
  throw expected('--duration', 'a time from 50ms to 600s, such as 5s', text);
}

/** `http[s]://host:port`, `ws[s]://host:port`, or `host:port` of gRPC. */
function targetIn(text: string): Target {
  const [name = '', ...rest] = text.split('=');
  const [wire] = namesIn(name, '--target', wireNames);
  const place = rest.join('=');
  const url = URL.parse(place.includes('://') ? place : `http://${place}`);
  if (!wire || !url || url.port === '') {
    throw expected('--target', 'WIRE=URL with its port, such as rest=http://127.0.0.1:4000', text);
  }
  const tls = url.protocol === 'https:' || url.protocol === 'wss:';
  return { wire, host: url.hostname, port: Number(url.port), tls };
}

/** Every flag; the usage explains each. */
export const flags = {
  only: { type: 'string' },
  wires: { type: 'string' },
  target: { type: 'string', multiple: true },
  'target-pid': { type: 'string' },
  'target-ca': { type: 'string' },
  'target-key': { type: 'string' },
  rate: { type: 'string' },
  rtt: { type: 'string' },
  bandwidth: { type: 'string' },
  connections: { type: 'string' },
  duration: { type: 'string' },
  pairs: { type: 'string' },
  tls: { type: 'boolean', default: false },
  seed: { type: 'string', default: String(defaultSeed) },
  out: { type: 'string' },
  json: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  threshold: { type: 'string', multiple: true },
  strict: { type: 'boolean', default: false },
  part: { type: 'string' },
  fresh: { type: 'boolean', default: false },
  assemble: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  full: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  compare: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** @throws Error that says where all flags are listed; Node's own error explains positionals */
function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true });
  } catch (cause) {
    const [problem] = (cause instanceof Error ? cause.message : String(cause)).split('. ');
    throw new Error(`${problem}. Every flag: npm run bench -- --help all`, { cause });
  }
}

/**
 * @param resultsFolder where results go unless `--out` names another folder
 * @throws Error saying what was expected and what was got
 */
export function readCommand(args: readonly string[], resultsFolder: string): Command {
  const { values, positionals } = parseFlags(args);
  if (values.help) return { action: 'help', all: positionals.includes('all') };
  if (values.compare) {
    const [older, newer, ...more] = positionals;
    if (older !== undefined && newer !== undefined && more.length === 0) {
      return { action: 'compare', paths: [older, newer] };
    }
    throw expected('--compare', 'two results, files or their folders', positionals.join(' '));
  }
  if (values.assemble) {
    if (values.out !== undefined && positionals.length > 0) {
      return { action: 'assemble', folders: positionals, path: values.out };
    }
    throw expected('--assemble', 'folders of parts, and --out FILE', positionals.join(' '));
  }
  const given = <Value>(text: string | undefined, read: (text: string) => Value) =>
    text === undefined ? undefined : read(text);
  const durationMs = given(values.duration, durationIn);
  if (positionals[0] === 'cross-check' && positionals.length === 1) {
    return { action: 'cross-check', durationMs: durationMs ?? 3000 };
  }
  if (positionals[0] === 'costs' && positionals.length === 1) return { action: 'costs' };
  if (positionals.length > 0)
    throw expected('bench', 'flags, cross-check or costs', positionals[0]);
  if (values.quick && values.full) throw new Error('expected one of --quick and --full, got both');
  const only = namesIn(values.only, '--only', onlyNames);
  const named = namesIn(values.part, '--part', partNames);
  if (only.length > 0 && named.length > 0) {
    throw new Error('expected one of --only and --part, got both');
  }
  const isFull = values.full || (named.length > 0 && !values.quick);
  const targets = values.target?.map(targetIn) ?? [];
  return {
    action: values.list ? 'list' : 'run',
    request: {
      only,
      wires: namesIn(values.wires, '--wires', wireNames),
      seed: numberIn(values.seed, '--seed', { from: 0, to: 4_294_967_295 }),
      pairs: given(values.pairs, (text) => numberIn(text, '--pairs', { from: 1, to: 100 })),
      tls: values.tls,
      targets,
      targetPid: given(values['target-pid'], (text) =>
        numberIn(text, '--target-pid', { from: 1, to: 4_194_304 }),
      ),
      targetCa: values['target-ca'],
      targetKey: values['target-key'],
      loading: {
        effort: values.quick ? 'quick' : isFull ? 'full' : 'normal',
        perSecond: given(values.rate, (text) =>
          numberIn(text, '--rate', { from: 1, to: 1_000_000 }),
        ),
        connections: given(values.connections, (text) =>
          numberIn(text, '--connections', { from: 1, to: 10_000 }),
        ),
        rttsMs: given(values.rtt, (text) =>
          text.split(',').map((one) => numberIn(one, '--rtt', { from: 0, to: 2000, whole: false })),
        ),
        bytesPerSecond: given(
          values.bandwidth,
          (text) =>
            numberIn(text, '--bandwidth', { from: 0.01, to: 100_000, whole: false }) *
            bytesInMegabit,
        ),
        durationMs,
      },
    },
    folder: values.out ?? resultsFolder,
    json: values.json,
    verbose: values.verbose,
    thresholds: values.threshold ?? [],
    strict: values.strict,
    parts: isFull && only.length + named.length === 0 ? partNames : named,
    reuse: named.length === 0 && !values.fresh,
  };
}
