import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { labels } from './result/wires.ts';
import type { Request, Target } from './trial/plan.ts';
import { addressOfTargets } from './trial/preflight.ts';

/** Checks of a request before the run starts, so that it does not fail halfway. */

const connectWithinMs = 5000;

/** Returns why a target cannot be reached; undefined if something listens there. */
const whyUnreachable = ({ host, port }: Target): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port });
    const end = (why: string | undefined) => {
      socket.destroy();
      resolve(why);
    };
    socket.setTimeout(connectWithinMs, () => end(`nothing within ${connectWithinMs / 1000} s`));
    socket.once('connect', () => end(undefined));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code ?? 'an error'));
  });

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    // The process exists and belongs to another user.
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** @throws Error that says which flag names something that does not exist */
export async function checkRequest(request: Request): Promise<void> {
  const { targets, targetCa, targetPid } = request;
  if (targetCa !== undefined && !isReadable(targetCa)) {
    throw new Error(`--target-ca: expected a readable PEM file, got '${targetCa}'`);
  }
  if (targetPid !== undefined && !isRunning(targetPid)) {
    throw new Error(
      `--target-pid: expected a process that runs on this machine, got ${targetPid}; omit it if the server runs elsewhere`,
    );
  }
  // Throws if the targets are not one server.
  if (targets.length > 0) addressOfTargets(request);
  for (const target of targets) {
    const why = await whyUnreachable(target);
    if (why === undefined) continue;
    throw new Error(
      `--target: expected ${labels[target.wire]} at ${target.host}:${target.port}, got ${why}; start the server first, or correct the port`,
    );
  }
}

/**
 * Returns the path of a result, given that path or its folder.
 * @throws Error if there is no such file
 */
export function resultPathOf(path: string): string {
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'result.json') : path;
  if (isReadable(file)) return file;
  throw new Error(
    `--compare: expected a result file or its folder, such as bench/results/latest, got '${path}'`,
  );
}
