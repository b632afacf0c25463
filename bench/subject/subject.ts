import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endNode, keepLastWords, startNode } from '../process/child.ts';
import type { Address } from './address.ts';
import { memoryOf } from './meter.ts';

/** The files of a self-signed certificate, which is its own authority. */
export interface CertificateFiles {
  /** PEM of the certificate. */
  readonly ca: string;
  readonly certPath: string;
  readonly keyPath: string;
}

/** A server process under test. */
export interface Subject {
  readonly address: Address;
  /** From the start of the process until it listens, ms; null for a target that already ran. */
  readonly readyMs: number | null;
  /** Resident when it said so; null if the platform does not report it. */
  readonly idleBytes: number | null;
  stop(): Promise<void>;
}

const readyWithinMs = 60_000;
/** As `npm start` starts it. */
const serverArgs = [
  '--expose-gc',
  '--min-semi-space-size=4',
  fileURLToPath(new URL('../../services/start.js', import.meta.url)),
];

/** What the shell may have set: an empty variable counts as not set, so that the default holds. */
const ownDefaults = Object.fromEntries(
  [
    'GRAPHQL_HOST',
    'GRAPHQL_LOADERS',
    'LOG',
    'TLS_CERT',
    'TLS_KEY',
    'TRUSTED_PROXIES',
    'CORS_ORIGINS',
  ].map((name) => [name, '']),
);

/** The real server, fresh, with only these wires open, on a database of its own. */
export function startServer(options: {
  readonly wires: readonly string[];
  readonly databasePath: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** TLS on every port. Clear text if omitted. */
  readonly certificate?: CertificateFiles | undefined;
  /** Flags of the runtime. */
  readonly nodeFlags?: readonly string[];
}): Promise<Subject> {
  const { certificate, nodeFlags = [] } = options;
  return startSubject(
    [...nodeFlags, ...serverArgs],
    { counters: true, ca: certificate?.ca },
    {
      HOST: '127.0.0.1',
      HTTP_PORT: '0',
      GRPC_PORT: '0',
      ...(options.wires.includes('rest') && { HTTP2_PORT: '0' }),
      WIRES: options.wires.join(','),
      DATABASE_URL: `sqlite:${options.databasePath}`,
      DEMO: '0',
      ADDRESS_LIMIT: '0',
      NODE_ENV: 'production',
      ...ownDefaults,
      ...(certificate && { TLS_CERT: certificate.certPath, TLS_KEY: certificate.keyPath }),
      ...options.env,
    },
  );
}

/** A server that somebody else started: nothing is started here, and nothing ended. */
export const targetAt = (address: Address): Subject => ({
  address,
  readyMs: null,
  idleBytes: address.pid === null ? null : (memoryOf(address.pid)?.residentBytes ?? null),
  stop: async () => {},
});

interface ControlOptions {
  readonly nodeFlags?: readonly string[];
  /** Of a control that has core in it. */
  readonly databasePath?: string | undefined;
}

/** A control of `controls/`, answering the constant in `constantPath`. */
export function startControl(
  name: string,
  constantPath: string,
  { nodeFlags = [], databasePath }: ControlOptions = {},
): Promise<Subject> {
  const path = fileURLToPath(new URL(`./controls/${name}.ts`, import.meta.url));
  const args = [...nodeFlags, path, constantPath];
  return startSubject(
    args,
    { counters: false },
    {
      NODE_ENV: 'production',
      ...(databasePath !== undefined && { DATABASE_URL: `sqlite:${databasePath}` }),
    },
  );
}

/** Resolves with the process's `ready {ports}` line. @throws Error with its last words */
export async function startSubject(
  args: readonly string[],
  known: Pick<Address, 'counters' | 'ca'>,
  env: Readonly<Record<string, string>>,
): Promise<Subject> {
  const startedMs = performance.now();
  const child = startNode({ args, env });
  const lastWords = keepLastWords(child);
  try {
    const ports = await portsOf(child, lastWords);
    const readyMs = performance.now() - startedMs;
    // A process that said something has an id.
    const pid = child.pid as number;
    const address = { pid, host: '127.0.0.1', ours: true, ...known, ...ports };
    const idleBytes = memoryOf(pid)?.residentBytes ?? null;
    return { address, readyMs, idleBytes, stop: () => endNode(child) };
  } catch (thrown) {
    await endNode(child);
    throw thrown;
  }
}

function portsOf(
  child: ChildProcess,
  lastWords: () => string,
): Promise<Pick<Address, 'http' | 'grpc' | 'http2'>> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) =>
      reject(new Error(`Expected a server that says it is ready, got ${what}. ${lastWords()}`));
    const timer = setTimeout(() => fail(`nothing in ${readyWithinMs} ms`), readyWithinMs);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`its end by ${signal ?? code}`);
    });
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const ready = /^ready (\{.*\})$/m.exec(said)?.[1];
      if (ready === undefined) return;
      clearTimeout(timer);
      // The ready line is this project's own.
      resolve(JSON.parse(ready) as Pick<Address, 'http' | 'grpc' | 'http2'>);
    });
  });
}
