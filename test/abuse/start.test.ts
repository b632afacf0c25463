import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { type SpawnedServer, spawnServer, spawnStart } from './spawned-server.ts';

/** What a server says of itself: why it cannot start, and whether it is ready. */

/** What the process leaves: its exit code, and all that it wrote to standard error. */
async function endOf(env: Readonly<Record<string, string>>): Promise<[number | null, string]> {
  const child = spawnStart({ DATABASE_URL: 'sqlite::memory:', ...env });
  const exited = once(child, 'exit');
  const [said, [code]] = await Promise.all([child.stderr ? text(child.stderr) : '', exited]);
  return [code, said];
}

describe('a server that cannot start says why in one line and exits with 1', () => {
  test.each(['HTTP_PORT', 'HTTP2_PORT', 'GRPC_PORT'])('%s in use', async (name) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    // Of a server that listens on a port.
    const { port } = taken.address() as AddressInfo;
    const [code, said] = await endOf({ [name]: String(port) });
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`^Cannot listen for \\w+ on 127\\.0\\.0\\.1:${port}: .*\n$`));
    taken.close();
  });

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['values that are not valid', { HTTP_PORT: 'x', LOG: 'all' }, /HTTP_PORT=x: .*LOG=all: /],
    ['a host that this machine does not have', { HOST: '192.0.2.1' }, /192\.0\.2\.1/],
    ['a certificate without its key', { TLS_CERT: '/nowhere' }, /TLS_KEY/],
    ['a certificate that is not there', { TLS_CERT: '/no', TLS_KEY: '/no' }, /TLS_CERT=\/no/],
    ['a database of another kind', { DATABASE_URL: 'mysql://a' }, /mysql:/],
  ])('%s', async (_what, env, words) => {
    const [code, said] = await endOf(env);
    expect(code).toBe(1);
    expect(said).toMatch(/^[^\n]+\n$/);
    expect(said).toMatch(words);
  });
});

describe('readiness', () => {
  let server: SpawnedServer;
  afterEach(() => server.stop());

  const read = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${server.ports.http}${path}`);
    return [response.status, await response.text()];
  };
  const becomes = (expected: readonly [number, string]) =>
    expect.poll(() => read('/readyz'), { timeout: 25_000 }).toEqual(expected);

  test('fails while another process holds the database, and liveness does not', async () => {
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
