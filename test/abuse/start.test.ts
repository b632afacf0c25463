import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { type SpawnedServer, spawnServer, spawnStart } from './spawned-server.ts';

/** What a server reports of itself: why it cannot start, and whether it is ready. */

const anyPorts = {
  DATABASE_URL: 'sqlite::memory:',
  HTTP_PORT: '0',
  GRPC_PORT: '0',
  DEMO: '0',
};

/** What the process leaves: its exit code, and all that it wrote to standard error. */
async function endOf(env: Readonly<Record<string, string>>): Promise<[number | null, string]> {
  const child = spawnStart({ DATABASE_URL: 'sqlite::memory:', ...env });
  const exited = once(child, 'exit');
  const [said, [code]] = await Promise.all([child.stderr ? text(child.stderr) : '', exited]);
  return [code, said];
}

describe('a server that cannot start reports the reason in one line and exits with 1', () => {
  test.each([
    ['HTTP_PORT', 'HTTP'],
    ['HTTP2_PORT', 'HTTP/2'],
    ['GRPC_PORT', 'gRPC'],
  ])('with %s in use', async (name, what) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    // Of a server that listens on a port.
    const { port } = taken.address() as AddressInfo;
    const [code, said] = await endOf({ [name]: String(port) });
    expect(code).toBe(1);
    expect(said).toBe(
      `Cannot listen for ${what} on 127.0.0.1:${port}: the port is in use. Set ${name} to another port, or to 0 for any.\n`,
    );
    taken.close();
  });

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'values that are not valid',
      { HTTP_PORT: 'x', LOG: 'all' },
      /HTTP_PORT=x: expected a number from 0 to 65535; LOG=all: expected one of off, errors, calls\.$/m,
    ],
    ['a value of two lines', { LOG: 'one\ntwo' }, /LOG=one two: expected one of/],
    ['a host that this machine does not have', { HOST: '192.0.2.1' }, /192\.0\.2\.1/],
    ['a certificate without its key', { TLS_CERT: '/nowhere' }, /TLS_KEY/],
    ['a certificate that is not there', { TLS_CERT: '/no', TLS_KEY: '/no' }, /TLS_CERT=\/no/],
    ['a database of another kind', { DATABASE_URL: 'mysql://a' }, /mysql:/],
    [
      'a URL without a scheme',
      { DATABASE_URL: '//me:secret@host/x' },
      /got a URL without a scheme\.$/m,
    ],
    ['a URL of SQLite itself', { DATABASE_URL: 'sqlite:file:x?mode=memory' }, /sqlite:<path>/],
  ])('%s', async (_what, env, words) => {
    const [code, said] = await endOf(env);
    expect(code).toBe(1);
    expect(said).toMatch(/^[^\n]+\n$/);
    expect(said).toMatch(words);
  });
});

test('npm start forwards SIGTERM and ends with the server', async () => {
  const npm = spawn('npm', ['start'], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: { ...process.env, ...anyPorts, DRAIN_MS: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Occurs when no process holds its output open any more, so the server has ended too.
  const closed = once(npm, 'close');
  for await (const chunk of npm.stdout.iterator({ destroyOnReturn: false })) {
    if (String(chunk).includes('ready ')) break;
  }
  npm.kill('SIGTERM');
  npm.stdout.resume();
  expect(await closed).toEqual([0, null]);
});

describe('readiness', () => {
  let server: SpawnedServer;
  afterEach(() => server.stop());

  const read = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${server.ports.http}${path}`);
    return [response.status, await response.text()];
  };
  const becomes = (expected: readonly [number, string]) =>
    expect.poll(() => read('/readyz'), { timeout: 120_000 }).toEqual(expected);

  test('fails while another process holds the database, but liveness does not', async () => {
    server = await spawnServer();
    await becomes([200, 'ready\n']);
    const other = new DatabaseSync(server.databasePath);
    other.exec('begin immediate');
    await becomes([503, 'another process holds the database\n']);
    expect(await read('/healthz')).toEqual([200, 'ok\n']);
    other.exec('rollback');
    await becomes([200, 'ready\n']);
    other.close();
  });

  test('fails when the database is damaged', async () => {
    server = await spawnServer();
    await becomes([200, 'ready\n']);
    writeFileSync(server.databasePath, Buffer.alloc(100_000, 'damage'));
    await becomes([503, 'the database is damaged\n']);
    expect(await read('/healthz')).toEqual([200, 'ok\n']);
  });
});
