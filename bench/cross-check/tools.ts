import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { HttpRequest } from '../drivers/driver.ts';
import { type CpuCore, canPin } from '../process/child.ts';

/** One request again and again, closed loop, for one of the tools. */
export interface ToolLoad {
  readonly origin: string;
  readonly request: HttpRequest;
  /** A file that holds the request's body. */
  readonly bodyPath: string;
  readonly connections: number;
  /** Calls in flight on each connection. */
  readonly streams: number;
  /** Whole ones: wrk knows no others. */
  readonly seconds: number;
}

interface ToolRun {
  readonly completed: number;
  readonly perSecond: number;
  /** Of all answers, without headers; null if the tool does not report it. */
  readonly bodyBytes: number | null;
}

/** A load generator that somebody else wrote. */
export interface Tool {
  readonly name: string;
  /** The package of Debian and Ubuntu that brings it. */
  readonly packageName: string;
  argsOf(load: ToolLoad): readonly string[];
  /** @throws Error if an answer failed, or the output is not what is known of the tool */
  read(output: string): ToolRun;
}

const headerArgs = (headers: Readonly<Record<string, string>>): string[] =>
  Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);

const withoutLength = ({
  'content-length': _,
  ...headers
}: HttpRequest['headers']): HttpRequest['headers'] => headers;

function expect(tool: string, holds: boolean, what: string, output: string): void {
  if (!holds) throw new Error(`Expected ${tool} to report ${what}, got:\n${output.trim()}`);
}

/** The numbers in the groups of a line that has to be there. */
function numbersIn(tool: string, output: string, line: RegExp, what: string): number[] {
  const numbers = line.exec(output)?.slice(1).map(Number) ?? [];
  const isRead = numbers.length > 0 && numbers.every(Number.isFinite);
  expect(tool, isRead, what, output);
  return numbers;
}

/** HTTP/1.1, one call at a time on each connection, requests without a body. */
export const wrk: Tool = {
  name: 'wrk',
  packageName: 'wrk',
  argsOf: ({ origin, request, connections, seconds }) => [
    ...['-t1', `-c${connections}`, `-d${seconds}s`],
    ...headerArgs({ connection: 'keep-alive', ...request.headers }),
    origin + request.path,
  ],
  read(output) {
    const numbers = (line: RegExp, what: string) => numbersIn('wrk', output, line, what);
    const [completed = 0] = numbers(/^ *(\d+) requests in [\d.]+\w+, \S+ read$/m, 'its requests');
    const [perSecond = 0] = numbers(/^Requests\/sec: +([\d.]+)$/m, 'its requests a second');
    const isGood = completed > 0 && !/^ *(Socket errors|Non-2xx or 3xx)/m.test(output);
    expect('wrk', isGood, 'only successful responses', output);
    return { completed, perSecond, bodyBytes: null };
  },
};

/** HTTP/2 with prior knowledge. Says the length of a body by itself. */
export const h2load: Tool = {
  name: 'h2load',
  packageName: 'nghttp2-client',
  argsOf: ({ origin, request, bodyPath, connections, streams, seconds }) => [
    ...['-t1', `-c${connections}`, `-m${streams}`, `-D${seconds}s`],
    ...headerArgs(withoutLength(request.headers)),
    ...(request.body.length > 0 ? ['-d', bodyPath] : []),
    origin + request.path,
  ],
  read(output) {
    const numbers = (line: RegExp, what: string) => numbersIn('h2load', output, line, what);
    const [perSecond = 0] = numbers(
      /^finished in [\d.]+\w+, ([\d.]+) req\/s, \S+$/m,
      'its requests a second',
    );
    const [completed = 0, succeeded, ...lost] = numbers(
      /^requests: \d+ total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout$/m,
      'its requests',
    );
    const [, ...others] = numbers(
      /^status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx$/m,
      'its status codes',
    );
    const [bodyBytes = 0] = numbers(
      /^traffic: .+ total, .+ headers .+, \S+ \((\d+)\) data$/m,
      'its traffic',
    );
    const isGood =
      completed > 0 && succeeded === completed && ![...lost, ...others].some((count) => count > 0);
    // Without a server, too, it ends with 0.
    expect('h2load', isGood, 'only successful responses', output);
    return { completed, perSecond, bodyBytes };
  },
};

/** Where a tool is on the PATH; undefined if it is not. */
export function findTool({ name }: Tool): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return places.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Runs a tool on its core and returns its output. The tool ends with this process.
 * @throws Error if it ends with another code than 0, or not in time
 */
export async function runTool(
  path: string,
  args: readonly string[],
  { core, withinMs }: { readonly core: CpuCore; readonly withinMs: number },
): Promise<string> {
  const [command = path, ...all] = [
    ...(canPin ? ['/usr/bin/taskset', '-c', String(core)] : []),
    path,
    ...args,
  ];
  const limits = { timeout: withinMs, killSignal: 'SIGKILL' } as const;
  const running = promisify(execFile)(command, all, limits);
  const end = () => running.child.kill('SIGKILL');
  process.once('exit', end);
  try {
    return (await running).stdout;
  } finally {
    process.off('exit', end);
  }
}
