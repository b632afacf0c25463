import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Certificate, makeCertificate } from '../../bench/subject/certificate.ts';
import { readConfig } from '../../services/config.ts';
import type { Client, StreamClient } from '../../services/core/client.ts';
import { createDemoMerchants } from '../../services/demo/merchants.ts';
import { createGraphqlClient } from '../../services/graphql/client.ts';
import { createGrpcClient } from '../../services/grpc/client.ts';
import { type Fivewire, start } from '../../services/main.ts';
import { createPorts } from '../../services/ports.ts';
import { createRestClient } from '../../services/rest/client.ts';
import { createSseClient } from '../../services/sse/client.ts';
import { createWebsocketClient } from '../../services/websocket/client.ts';
import { adminKey } from '../house.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'fivewire-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));

function save(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Settings of a server over TLS, in memory, on free ports. */
const settings = (name: string, { cert, key }: Certificate) => ({
  HTTP_PORT: '0',
  HTTP2_PORT: '0',
  GRPC_PORT: '0',
  DATABASE_URL: 'sqlite::memory:',
  DEMO: '0',
  TLS_CERT: save(`${name}-cert.pem`, cert),
  TLS_KEY: save(`${name}-key.pem`, key),
});

async function elsewhere(): Promise<Certificate> {
  const altNames = [{ type: 2 as const, value: 'elsewhere.test' }];
  const made = await generate([{ name: 'commonName', value: 'elsewhere.test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { cert: made.cert, key: made.private };
}

let ours: Certificate;
let server: Fivewire;
let stranger: Fivewire;
let strangers: Certificate;
beforeAll(async () => {
  ours = await makeCertificate();
  server = await start(readConfig(settings('ours', ours)));
  await createDemoMerchants(await createPorts(server.store));
  strangers = await elsewhere();
  stranger = await start(readConfig(settings('strangers', strangers)));
});
afterAll(async () => {
  await Promise.all([server?.close(), stranger?.close()]);
});

type Open<Of> = (of: Fivewire, ca: string | undefined, host?: string) => Promise<Of>;
const key = adminKey;
const here = '127.0.0.1';

const callers: Readonly<Record<string, Open<Client>>> = {
  rest: ({ ports }, ca, host = here) =>
    createRestClient({ target: `https://${host}:${ports.http}`, ca, key }),
  'rest over HTTP/2': ({ ports }, ca, host = here) =>
    createRestClient({ target: `https://${host}:${ports.http2}`, ca, key, http2: true }),
  grpc: ({ ports }, ca, host = here) =>
    createGrpcClient({ target: `${host}:${ports.grpc}`, ca, key }),
  graphql: ({ ports }, ca, host = here) =>
    createGraphqlClient({ target: `https://${host}:${ports.http}`, ca, key }),
  websocket: ({ ports }, ca, host = here) =>
    createWebsocketClient({ target: `wss://${host}:${ports.http}`, ca, key }),
};
const watchers: Readonly<Record<string, Open<StreamClient>>> = {
  ...callers,
  sse: ({ ports }, ca, host = here) =>
    createSseClient({ target: `https://${host}:${ports.http}`, ca, key }),
};

describe.each(Object.entries(callers))('%s', (_wire, open) => {
  test.each([here, 'localhost'])('accepts calls over TLS at %s', async (host) => {
    const client = await open(server, ours.cert, host);
    const { id } = await client.createCustomer({ name: 'Ada' }, { idempotencyKey: host });
    expect(await client.getCustomer({ id })).toMatchObject({ name: 'Ada' });
    await client.close();
  });
});

/** The result of using a client, whether opening it or its first subscription fails. */
async function refusal(open: Open<StreamClient>, of: Fivewire, ca?: string) {
  const client = await open(of, ca);
  try {
    await client.watchEvents({ after: 0 }, { signal: AbortSignal.timeout(10_000) });
  } finally {
    await client.close();
  }
}

describe.each(Object.entries(watchers))('%s', (wire, open) => {
  test('sends events over TLS', async () => {
    const client = await open(server, ours.cert);
    const stop = new AbortController();
    const events = await client.watchEvents({}, { signal: stop.signal });
    const rest = await callers.rest?.(server, ours.cert);
    const made = await rest?.createCustomer(
      { name: 'Bo' },
      { idempotencyKey: `event-${encodeURI(wire)}` },
    );
    for await (const { data } of events) {
      expect(data).toMatchObject({ kind: 'customer', customer: { id: made?.id } });
      break;
    }
    stop.abort();
    await Promise.all([client.close(), rest?.close()]);
  });

  test('refuses a server whose certificate is not trusted', async () => {
    await expect(refusal(open, server, strangers.cert)).rejects.toThrow(/self-signed certificate/);
    // Without an authority, gRPC speaks cleartext, and the others trust those that Node trusts.
    const expected = wire === 'grpc' ? /^Expected a gRPC server at .* got: / : /self-signed/;
    await expect(refusal(open, server)).rejects.toThrow(expected);
  });

  test('checks the certificate against the address of the server', async () => {
    await expect(refusal(open, stranger, strangers.cert)).rejects.toThrow(/does not match/);
  });
});

describe('the TLS server', () => {
  const alive = async () => {
    for (const open of Object.values(callers)) {
      const client = await open(server, ours.cert);
      await client.listEvents({ limit: 1 });
      await client.close();
    }
  };

  test('reports that its port is HTTP/2 only to a client that agrees on no protocol', async () => {
    const port = server.ports.http2 ?? 0;
    const socket = connectTls({ port, host: here, ca: ours.cert });
    let received = '';
    socket.setEncoding('utf8').on('data', (text) => {
      received += text;
    });
    await once(socket, 'end');
    expect(received).toMatch(/^HTTP\/1\.1 505 [\s\S]*application\/problem\+json[\s\S]*"code":/);
    socket.destroy();
  });

  test.each(['http', 'http2', 'grpc'] as const)('survives cleartext on its %s port', async (at) => {
    const request = get({ host: here, port: server.ports[at], path: '/healthz' });
    await expect(once(request, 'response')).rejects.toThrow();
    await alive();
  });

  test('refuses HTTP/1.1 on its HTTP/2 port', async () => {
    const port = server.ports.http2 ?? 0;
    const socket = connectTls({ host: here, port, ca: ours.cert, ALPNProtocols: ['http/1.1'] });
    await expect(once(socket, 'secureConnect')).rejects.toThrow(/no application protocol/);
    await alive();
  });

  /** The process, the ports that it says are open, and what it said in the end. */
  function run(env: Readonly<Record<string, string>>) {
    const args = ['--expose-gc', '--min-semi-space-size=4', join(root, 'services/start.js')];
    const child = spawn(process.execPath, args, { env: { ...process.env, ...env } });
    onTestFinished(() => void child.kill('SIGKILL'));
    const said = { out: '', err: '' };
    child.stdout.on('data', (data: Buffer) => {
      said.out += data;
    });
    child.stderr.on('data', (data: Buffer) => {
      said.err += data;
    });
    const ended = once(child, 'close').then(([code]) => ({ code, ...said }));
    return { child, said, ended };
  }

  test('reports https URLs and ends while handshakes are unfinished', async () => {
    const { child, said, ended } = run(settings('dawdled', ours));
    await once(child.stdout, 'data');
    const ready = JSON.parse(said.out.replace('ready ', ''));
    expect(ready).toMatchObject({ scheme: 'https' });
    const sockets = [ready.http, ready.http2, ready.grpc].map((port) => connect(port, here));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) socket.on('error', () => {});
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, err: '' });
    for (const socket of sockets) socket.destroy();
  });

  test('reports an invalid certificate in one line and exits', async () => {
    const env = { ...settings('garbage', ours), TLS_CERT: save('garbage.pem', 'garbage') };
    const { code, out, err } = await run(env).ended;
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^TLS_CERT=\S+garbage\.pem: expected a PEM file of a certificate, .*\n$/);
  });
});

describe('the TLS settings', () => {
  const refused = async (env: Readonly<Record<string, string>>) => {
    const started = async () => start(readConfig(env));
    const said = await started().then(
      () => 'started',
      (error: unknown) => String(error),
    );
    expect(said).not.toContain('\n');
    return said;
  };

  test('need both a certificate and its key, or neither', async () => {
    expect(readConfig({ TLS_CERT: '', TLS_KEY: '' }).tls).toBeUndefined();
    expect(await refused({ TLS_CERT: 'a' })).toMatch(/TLS_CERT and TLS_KEY.* got TLS_CERT alone/);
    expect(await refused({ TLS_KEY: 'a' })).toMatch(/TLS_CERT and TLS_KEY.* got TLS_KEY alone/);
  });

  test('report the file that is missing or has other content', async () => {
    const good = settings('good', ours);
    const missing = join(folder, 'missing.pem');
    expect(await refused({ ...good, TLS_CERT: missing })).toMatch(
      /^Error: TLS_CERT=.*missing.*ENOENT/,
    );
    expect(await refused({ ...good, TLS_KEY: missing })).toMatch(
      /^Error: TLS_KEY=.*missing.*ENOENT/,
    );
    const swapped = { ...good, TLS_KEY: good.TLS_CERT };
    expect(await refused(swapped)).toMatch(
      /^Error: TLS_KEY=.*expected a PEM file of a private key/,
    );
  });

  test('report a key that belongs to another certificate', async () => {
    const { TLS_KEY } = settings('another', await makeCertificate());
    const env = { ...settings('good', ours), TLS_KEY };
    expect(await refused(env)).toMatch(/^Error: Expected TLS_KEY=.* to be the key of TLS_CERT=/);
  });
});
