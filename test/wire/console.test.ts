import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get as httpGet } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Metadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { linesFor } from '../../services/announce.ts';
import { wires } from '../../services/config.ts';
import { calls } from '../../services/console/calls.ts';
import { open } from '../../services/console/server.ts';
import { errorCodes, PaymentsError, titleOf } from '../../services/core/errors.ts';
import { refusalOf } from '../../services/graphql/errors.ts';
import { encodeError } from '../../services/grpc/errors.ts';
import { httpStatus } from '../../services/wire/problem.ts';
import { adminKey, openHouse, readerKey } from '../house.ts';
import { type ConsoleServer, openConsoleServer } from './console-server.ts';

/** The pages for people, as any client of HTTP sees them. */

const root = resolve(import.meta.dirname, '../..');
const browserAccept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const html = { accept: browserAccept };

let server: ConsoleServer;
beforeAll(async () => {
  server = await openConsoleServer();
});
afterAll(() => server?.close());

const get = (path: string, headers: Readonly<Record<string, string>> = html, method = 'GET') =>
  fetch(server.origin + path, { method, headers });
const textAt = async (path: string) => (await get(path)).text();

/** What a command prints, until that is what is waited for: a stream goes on. */
async function printedBy(command: string, enough: RegExp): Promise<string> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const shell = spawn('bash', ['-c', command], { cwd: root, stdio: [...stdio], detached: true });
  let out = '';
  for await (const data of shell.stdout) {
    out += data;
    if (enough.test(out) && shell.pid !== undefined) process.kill(-shell.pid);
  }
  return out;
}

describe('the home page', () => {
  test('is for browsers; a program gets the 404 of REST at the same place', async () => {
    const page = await get('/');
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(page.headers.get('vary')).toBe('Accept, Accept-Encoding');
    for (const headers of [
      { accept: 'application/json' },
      { accept: '*/*' },
      { accept: 'application/json, text/html;q=0.5' },
      { accept: 'text/html;q=0, */*' },
      { ...html, authorization: `Bearer ${readerKey}` },
    ]) {
      const { status: code, headers: answered } = await get('/', headers);
      expect([code, answered.get('content-type')]).toEqual([404, 'application/problem+json']);
    }
  });

  test('links only to places that answer', async () => {
    const page = await textAt('/');
    const links = [...page.matchAll(/href="(\/[^"]*)"/g)].map(([, href = '']) => href);
    expect(links).toEqual(
      expect.arrayContaining(['/graphql', '/docs/api', '/docs/errors', '/report']),
    );
    for (const href of new Set(links)) {
      const response = await get(href);
      await response.body?.cancel();
      expect([href, response.status]).toEqual([href, 200]);
    }
  });

  test('shows the call of a wire that is not open nowhere, and a key only with demo data', async () => {
    const closed = await openConsoleServer({ WIRES: 'sse', DEMO: '0' });
    onTestFinished(() => closed.close());
    const page = await (await fetch(`${closed.origin}/`, { headers: html })).text();
    expect(page).toContain('YOUR_KEY');
    expect(page).not.toContain('sk_test_');
    expect(page).not.toContain('buf curl');
    expect(page.match(/Not open/g)).toHaveLength(wires.length - 1);
    expect((await fetch(`${closed.origin}/docs/api`, { headers: html })).status).toBe(404);
    // A problem's `type` resolves, whatever wires are open.
    expect((await fetch(`${closed.origin}/docs/errors/not_found`)).status).toBe(200);
  });

  /** What each call of the page prints. */
  const printed: Readonly<Record<string, RegExp>> = {
    rest: /"data":\[\{.*"status":"succeeded"/,
    grpc: /"payments":\s*\[\s*\{/,
    graphql: /"nodes":\[\{"id":"pay_.*"SUCCEEDED"/,
    sse: /id: ?\d+\n[\s\S]*data: ?\{/,
    websocket: /"type":"welcome"[\s\S]*"type":"result"[\s\S]*"succeeded"/,
  };

  test.each(wires)('has a call of %s that runs as it is', async (wire) => {
    const place = {
      origin: server.origin,
      grpcPort: server.ports.grpc,
      wires: new Set(wires),
      graphiql: true,
      demoKeys: { reading: readerKey, writing: adminKey },
    };
    const call = calls[wire]?.(place) ?? '';
    const shown = (await textAt('/')).replaceAll(/&#(\d+);/g, (_, code) =>
      String.fromCharCode(code),
    );
    expect(shown).toContain(call);
    const printing = printed[wire] ?? /never/;
    expect(await printedBy(call, printing)).toMatch(printing);
  });
});

describe('the error pages', () => {
  test('are the `type` of every problem, and say how each wire reports the code', async () => {
    const index = await textAt('/docs/errors');
    for (const code of errorCodes) {
      const error = new PaymentsError(code, 'x');
      const { code: grpc } = encodeError(error, new Metadata());
      expect(index).toContain(`/docs/errors/${code}`);
      const page = await textAt(`/docs/errors/${code}`);
      expect(page).toContain(`<code>${httpStatus[code]} `);
      expect(page).toContain(`<code>${status[grpc]}</code>`);
      expect(page).toContain(titleOf(code));
      if (code !== 'not_found') {
        const { status: http } = refusalOf(error, 'req_1');
        expect(page).toContain(`HTTP status ${http} if nothing`);
      }
    }
    expect((await get('/docs/errors/constructor')).status).toBe(404);
  });
});

describe('a page', () => {
  test('may be kept for a while or is asked for again by its entity tag', async () => {
    for (const path of ['/', '/docs/errors', '/docs/api', '/docs/asyncapi.yaml']) {
      const tag = (await get(path)).headers.get('etag') ?? '';
      const conditional = async (headers: Record<string, string>, method = 'GET') =>
        (await get(path, { ...html, ...headers }, method)).status;
      expect(await conditional({ 'if-none-match': tag })).toBe(304);
      expect(await conditional({ 'if-none-match': '"other"' })).toBe(200);
      expect(await conditional({ 'if-match': '"other"' })).toBe(412);
      expect(await conditional({ 'if-match': tag }, 'HEAD')).toBe(200);
      const plain = await get(path, { ...html, 'accept-encoding': 'identity' });
      expect(plain.headers.get('etag')).not.toBe(tag);
    }
    expect((await get('/docs/errors')).headers.get('cache-control')).toBe('public, max-age=300');
    expect((await get('/')).headers.get('cache-control')).toBe('no-cache');
  });

  test('is sent in a coding that the client takes, and has the same text in each', async () => {
    const read = async (coding: string) => {
      return new Promise<[string | undefined, Buffer]>((done, fail) => {
        const headers = { ...html, 'accept-encoding': coding };
        httpGet(`${server.origin}/docs/errors`, { headers }, async (response) => {
          done([response.headers['content-encoding'], await buffer(response)]);
        }).on('error', fail);
      });
    };
    const [none, plain] = await read('identity');
    const [gzip, gzipped] = await read('gzip, br;q=0');
    const [br, brotli] = await read('gzip;q=0.5, br');
    expect([none, gzip, br]).toEqual([undefined, 'gzip', 'br']);
    expect(gunzipSync(gzipped).equals(plain)).toBe(true);
    expect(brotliDecompressSync(brotli).equals(plain)).toBe(true);
  });

  test('answers only what reads it', async () => {
    const posted = await get('/docs/errors', html, 'POST');
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    const options = await get('/docs/errors', html, 'OPTIONS');
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
    const head = await get('/docs/errors', html, 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(head.headers.get('x-request-id')).toMatch(/^req_/);
  });

  test('runs no script but its own, in no frame, and is what its type says', async () => {
    for (const path of ['/', '/docs/errors', '/docs/errors/internal', '/docs/api', '/report']) {
      const { headers } = await get(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(/script-src ([^;]*)/.exec(policy)?.[1]).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  test('shows contracts as the text that they are', async () => {
    for (const [path, file] of [
      ['/docs/asyncapi.yaml', 'schema/asyncapi.yaml'],
      ['/docs/payments.graphql', 'schema/payments.graphql'],
      ['/docs/protos/refunds.proto', 'protos/payments/v1/refunds.proto'],
    ] as const) {
      const response = await get(path);
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(await response.text()).toBe(readFileSync(join(root, file), 'utf8'));
    }
  });
});

/** The pages alone, on a server of `node:http`. */
async function openAlone(reportPath: string) {
  const house = await openHouse();
  const place = () => ({
    origin: 'http://127.0.0.1:1',
    grpcPort: undefined,
    wires: new Set<string>(),
    graphiql: false,
    demoKeys: undefined,
  });
  const settings = { addressOf: () => '192.0.2.1', hasRest: true, place, reportPath };
  const routes = new Map(open(house.core, settings).map((route) => [route.path, route]));
  const http = createServer((request, response) =>
    routes.get(request.url)?.listener?.(request, response),
  );
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  onTestFinished(async () => {
    http.closeAllConnections();
    http.close();
    await house.close();
  });
  // It listens on TCP.
  return { house, origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, routes };
}

test('the report is the page that the bench wrote last, or how to get one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'report.html');
  const { origin } = await openAlone(path);
  const read = async () => (await fetch(`${origin}/report`)).text();
  expect(await read()).toContain('npm run bench');
  writeFileSync(path, '<!doctype html><title>One</title><script>1</script>');
  expect(await read()).toContain('One');
  writeFileSync(path, '<!doctype html><title>Another</title><a href="compare.html#screen">A</a>');
  expect(await read()).toContain('Another');
  expect(await read()).toContain('href="/compare#screen"');
  rmSync(path);
  expect(await read()).toContain('npm run bench');
});

test('an address loads about 20 MB of pages at once, and is then told to wait', async () => {
  const { house, origin, routes } = await openAlone('/nowhere');
  const script = [...routes.keys()].find((path) => path?.endsWith('.js')) ?? '';
  const statuses: number[] = [];
  for (let at = 0; at < 60; at += 1) {
    const response = await fetch(origin + script);
    if (response.status === 429) {
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    await response.body?.cancel();
    statuses.push(response.status);
  }
  const sent = statuses.filter((code) => code === 200).length;
  expect(sent).toBeGreaterThan(30);
  expect(sent).toBeLessThan(60);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  // Each request is observed once, and refused ones by their code.
  await expect.poll(() => house.records.length).toBe(60);
  expect(house.records.filter(({ code }) => code === 'rate_limited')).toHaveLength(60 - sent);
});

describe('the lines at the start', () => {
  const config = {
    host: '0.0.0.0',
    wires: new Set(wires),
    demo: true,
    graphqlHost: 'yoga' as const,
    tls: undefined,
  };

  test('name what to open in a browser, and the demo keys', async () => {
    const lines = linesFor({ http: server.ports.http, grpc: 4001 }, config);
    const urls = lines.flatMap((line) => line.match(/http:\S+/g) ?? []);
    expect(urls.length).toBe(6);
    for (const url of urls)
      expect([url, (await fetch(url, { headers: html })).status]).toEqual([url, 200]);
    expect(lines.join('\n')).toContain('127.0.0.1:4001');
    expect(lines.join('\n')).toContain(readerKey);
  });

  test('leave out what is not served', () => {
    const none = { ...config, wires: new Set(['sse' as const]), demo: false };
    const lines = linesFor({ http: 1 }, none).join('\n');
    expect(lines).not.toMatch(/graphql|docs\/api|gRPC|sk_test/);
  });
});
