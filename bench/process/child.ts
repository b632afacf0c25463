import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

export const cores: number = availableParallelism();

/** Server and client each have a core to themselves if there are two and `taskset`. */
export const canPin: boolean =
  process.platform === 'linux' && cores >= 2 && existsSync('/usr/bin/taskset');

export type CpuCore = 0 | 1;

const running = new Set<ChildProcess>();

let isEnding = false;

/** Ends every process that was started here, at once, and lets none start any more. */
export function endAll(): void {
  isEnding = true;
  for (const child of running) child.kill('SIGKILL');
}
process.on('exit', endAll);

interface StartOptions {
  /** File of this project, and its arguments. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Defaults to any core. */
  readonly core?: CpuCore;
  /** Opens a channel for messages. */
  readonly ipc?: boolean;
}

/**
 * Starts a Node process on its core. It is ended with this one, however this one ends.
 * @throws Error after `endAll`: what was starting would outlive the interrupt by seconds
 */
export function startNode({ args, env, core, ipc = false }: StartOptions): ChildProcess {
  if (isEnding) throw new Error('Expected a run that goes on, got one that was interrupted.');
  const [command, ...prefix] =
    canPin && core !== undefined
      ? ['/usr/bin/taskset', '-c', String(core), process.execPath]
      : [process.execPath];
  const child = spawn(command ?? process.execPath, [...prefix, ...args], {
    env: { ...process.env, ...env },
    stdio: ipc ? ['ignore', 'inherit', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
    serialization: 'advanced',
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Keeps a process, with all of its threads, on this core from now on, or on none in particular. */
export async function pin(pid: number, core: CpuCore | 'any'): Promise<void> {
  if (!canPin) return;
  const list = core === 'any' ? `0-${cores - 1}` : String(core);
  await promisify(execFile)('/usr/bin/taskset', ['-a', '-c', '-p', list, String(pid)]);
}

const ended = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** Ends a process and resolves when it is gone. */
export function endNode(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (ended(child)) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** The last lines of what a process says on standard error, for the report of its failure. */
export function keepLastWords(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-2000);
  });
  return () => text.trim();
}
