import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createDemoMerchants } from '../../services/demo/merchants.ts';
import { createPorts } from '../../services/ports.ts';
import { openStore } from '../../services/storage/open.ts';
import { graphqlHost } from '../graphql-host.ts';

const startFile = resolve(import.meta.dirname, '../../services/start.js');

/** A server in a process of its own, as `npm start` starts it. */
export interface SpawnedServer {
  readonly child: ChildProcess;
  readonly ports: { readonly http: number; readonly grpc: number; readonly http2: number };
  readonly databasePath: string;
  /** What it has written to standard error so far. */
  log(): string;
  /** Ends the process, if it has not ended, and removes its database. */
  stop(): Promise<void>;
}

/** A process of the server with these variables and no others of this project. */
export function spawnStart(
  env: Readonly<Record<string, string>>,
  nodeFlags: readonly string[] = [],
): ChildProcess {
  return spawn(process.execPath, [...nodeFlags, startFile], {
    env: {
      PATH: process.env.PATH,
      HTTP_PORT: '0',
      GRPC_PORT: '0',
      DEMO: '0',
      GRAPHQL_HOST: graphqlHost,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Starts a server on a new database with the demo merchants; resolves when it is ready. */
export async function spawnServer(
  env: Readonly<Record<string, string>> = {},
  nodeFlags: readonly string[] = [],
): Promise<SpawnedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'server-'));
  const databasePath = join(folder, 'payments.db');
  const url = `sqlite:${databasePath}`;
  const store = await openStore(url);
  await createDemoMerchants(await createPorts(store));
  await store.close();

  const child = spawnStart({ DATABASE_URL: url, HTTP2_PORT: '0', ...env }, nodeFlags);
  const ended = once(child, 'exit');
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  };
  const ready = await Promise.race([lineOf(child), ended]);
  if (typeof ready !== 'string') {
    rmSync(folder, { recursive: true });
    throw new Error(`Expected a server that is ready, got an end: ${log}`);
  }
  const ports = JSON.parse(ready.replace(/^ready /, ''));
  return { child, ports, databasePath, log: () => log, stop };
}

async function lineOf({ stdout }: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of stdout ?? []) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  return text;
}
