import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { captureHttp1, captureHttp2, captureWebsocket } from '../../bench/link/capture.ts';
import { countedBetween } from '../../bench/link/link-count.ts';
import {
  connectLinks,
  type Link,
  type LinkOptions,
  type LinkProcess,
  type Links,
  measureRtt,
  startLinkProcess,
} from '../../bench/link/links.ts';
import { counted } from '../../bench/subject/clients.ts';
import { cpuMicrosOf } from '../../bench/subject/meter.ts';
import { firstDifference, proveEqual } from '../../bench/trial/proof.ts';
import { isAlive } from './alive.ts';

const host = '127.0.0.1';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('the link', { timeout: 120_000 }, () => {
  let linkProcess: LinkProcess;
  let links: Links;
  beforeAll(async () => {
    linkProcess = await startLinkProcess();
    links = await connectLinks(linkProcess.controlPort);
  });
  afterAll(async () => {
    await links.close();
    await linkProcess.stop();
  });

  const openTo = async (
    serve: (socket: Socket) => void,
    options: Omit<LinkOptions, 'targetPort'> = { rttMs: 0 },
  ): Promise<Link> => {
    const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
      serve(socket.on('error', () => {}));
    });
    const link = await links.open({ targetPort: await listening(server), ...options });
    onTestFinished(() => link.close());
    return link;
  };
  const echo = (socket: Socket) => void socket.pipe(socket);
  const call = async (socket: Socket, text: string) => {
    const startMs = performance.now();
    socket.write(text);
    const [said] = await once(socket, 'data');
    expect(String(said)).toBe(text);
    return performance.now() - startMs;
  };

  test.each([0, 1, 20])('of %d ms is never faster than asked', async (rttMs) => {
    const link = await openTo(echo, { rttMs });
    const socket = connect(link.port, host);
    await call(socket, 'first');
    for (let turn = 0; turn < 5; turn += 1) {
      expect(await call(socket, `${turn}`)).toBeGreaterThanOrEqual(rttMs);
    }
    socket.destroy();
    expect(await measureRtt(links, rttMs, 5)).toBeGreaterThanOrEqual(rttMs);
  });

  test('lets the first byte arrive 1.5 round trips after the connection was asked for', async () => {
    let arrivedMs = 0;
    const serve = (socket: Socket) => {
      socket.once('data', () => {
        arrivedMs = performance.now();
      });
      echo(socket);
    };
    const link = await openTo(serve, { rttMs: 20 });
    const startMs = performance.now();
    const socket = connect(link.port, host);
    await call(socket, 'x');
    expect(arrivedMs - startMs).toBeGreaterThanOrEqual(30);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(40);
    socket.destroy();
  });

  test('lets a server that speaks first speak when the handshake is over', async () => {
    const link = await openTo((socket) => socket.write('welcome'), { rttMs: 20 });
    const startMs = performance.now();
    const socket = connect(link.port, host);
    await once(socket, 'data');
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(40);
    socket.destroy();
  });

  test('counts the bytes of both directions exactly, and setting up apart', async () => {
    const link = await openTo((socket) => {
      socket.on('data', (chunk) => socket.write(Buffer.alloc(chunk.length * 3)));
    });
    expect(await link.count()).toEqual({ sentBytes: 0, receivedBytes: 0, connections: 0 });
    const socket = connect(link.port, host);
    socket.write(Buffer.alloc(7));
    await once(socket, 'data');
    const first = await link.count();
    expect(first).toEqual({ sentBytes: 7, receivedBytes: 21, connections: 1 });
    socket.write(Buffer.alloc(10));
    await once(socket, 'data');
    const steady = countedBetween(first, await link.count());
    expect(steady).toEqual({ sentBytes: 10, receivedBytes: 30, connections: 0 });
    socket.destroy();
  });

  test('keeps 5 MB of random data as they are, both ways, and passes half-closing on', async () => {
    const sent = randomBytes(5_000_000);
    // Answers only what is complete: without the client's end, nothing comes back.
    const link = await openTo(
      (socket) => {
        const chunks: Buffer[] = [];
        socket.on('data', (chunk: Buffer) => chunks.push(chunk));
        socket.on('end', () => socket.end(Buffer.concat(chunks)));
      },
      { rttMs: 2 },
    );
    const socket = connect({ port: link.port, host, allowHalfOpen: true });
    socket.end(sent);
    expect((await buffer(socket)).equals(sent)).toBe(true);
    expect(await link.count()).toMatchObject({ sentBytes: 5_000_000, receivedBytes: 5_000_000 });
  });

  test('lets no more through than its bandwidth', async () => {
    const link = await openTo((socket) => socket.end(Buffer.alloc(500_000)), {
      rttMs: 0,
      bytesPerSecond: 5_000_000,
    });
    const startMs = performance.now();
    await buffer(connect(link.port, host));
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(100);
  });

  test('stops a sender whose receiver does not read', async () => {
    const link = await openTo(() => {});
    const socket = connect(link.port, host).on('error', () => {});
    const total = 100_000_000;
    socket.write(Buffer.alloc(total));
    let before = -1;
    for (let now = 0; now !== before || now === 0; now = (await link.count()).sentBytes) {
      before = now;
      await sleep(100);
    }
    expect(before).toBeLessThan(total / 2);
    socket.destroy();
  });

  test('resets the client of a target that refuses, a round trip later', async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const { port: targetPort } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const link = await links.open({ targetPort, rttMs: 20 });
    const startMs = performance.now();
    const [error] = await once(connect(link.port, host), 'error').catch((thrown) => [thrown]);
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(20);
    await link.close();
  });

  test.each(['client', 'server'])('passes a reset by the %s on, after the data', async (who) => {
    const heard = Promise.withResolvers<string>();
    const hear = (socket: Socket) => {
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      // Node's errors of the system have a code.
      socket.on('error', (error: NodeJS.ErrnoException) => {
        text += ` ${error.code}`;
      });
      socket.on('close', () => heard.resolve(text));
      socket.write('hello');
    };
    const breakOff = (socket: Socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write('bye', () => void socket.resetAndDestroy()));
    };
    const link = await openTo(who === 'server' ? breakOff : hear, { rttMs: 4 });
    const socket = connect(link.port, host);
    if (who === 'server') hear(socket);
    else breakOff(socket);
    expect(await heard.promise).toBe('bye ECONNRESET');
  });

  test('refuses when it was closed, and breaks what it held open', async () => {
    const link = await openTo(echo);
    const socket = connect(link.port, host);
    await call(socket, 'x');
    const gone = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    const { port } = link;
    await link.close();
    await gone;
    await expect(once(connect(port, host), 'connect')).rejects.toThrow('ECONNREFUSED');
  });

  test('ends with the control connection that it was opened by', async () => {
    const others = await connectLinks(linkProcess.controlPort);
    const { port } = await others.open({ targetPort: linkProcess.controlPort, rttMs: 0 });
    await others.close();
    await expect(once(connect(port, host), 'connect')).rejects.toThrow('ECONNREFUSED');
    await expect(others.open({ targetPort: port, rttMs: 0 })).rejects.toThrow();
  });

  test('says what is wrong with its options', async () => {
    await expect(links.open({ targetPort: 1, rttMs: Number.NaN })).rejects.toThrow(/0 ms or more/);
    await expect(links.open({ targetPort: 70_000, rttMs: 0 })).rejects.toThrow(/70000/);
    const options = { targetPort: 1, rttMs: 0, bytesPerSecond: 0 };
    await expect(links.open(options)).rejects.toThrow(/1 byte\/s or more, got 0/);
  });

  test.runIf(process.platform === 'linux')('sleeps while something is on its way', async () => {
    const link = await openTo(echo, { rttMs: 2000 });
    const socket = connect(link.port, host);
    socket.write('x');
    const before = cpuMicrosOf(linkProcess.pid) ?? 0;
    await sleep(400);
    // Polling would take all of the 400 ms that a machine has to give.
    expect((cpuMicrosOf(linkProcess.pid) ?? 0) - before).toBeLessThan(100_000);
    socket.destroy();
  });

  test('is gone with the process that started it, also when that one is killed', async () => {
    const script = `
      import { startLinkProcess } from ${JSON.stringify(new URL('../../bench/link/links.ts', import.meta.url).href)};
      console.log((await startLinkProcess()).pid);
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [said] = await once(parent.stdout, 'data');
    const pid = Number(String(said));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    while (isAlive(pid)) await sleep(10);
  });
});

describe('the capturing link', () => {
  test('has an HTTP/1.1 exchange as it went, headers and bodies', async () => {
    const port = await listening(
      createServer((request, response) => {
        request.resume().on('end', () => response.writeHead(404, { 'x-id': '7' }).end('gone'));
      }),
    );
    const capture = await captureHttp1({ host, port });
    const answer = await fetch(`http://127.0.0.1:${capture.port}/a?b=1`, {
      method: 'POST',
      body: 'hello',
    });
    expect(await answer.text()).toBe('gone');
    const [exchange] = capture.items;
    expect(exchange).toMatchObject({ method: 'POST', path: '/a?b=1', status: 404 });
    expect(exchange?.requestBody.toString()).toBe('hello');
    expect(exchange?.responseHeaders['x-id']).toBe('7');
    await capture.close();
  });

  test('has the trailers of HTTP/2, in which gRPC reports its status', async () => {
    const upstream = createHttp2Server();
    upstream.on('stream', (stream: ServerHttp2Stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '5' }));
      stream.end('x');
    });
    const capture = await captureHttp2({ host, port: await listening(upstream) });
    const session = connectHttp2(`http://127.0.0.1:${capture.port}`);
    const stream = session.request({ ':path': '/Get', ':method': 'POST' });
    stream.end();
    await buffer(stream);
    expect(capture.items[0]).toMatchObject({ path: '/Get', trailers: { 'grpc-status': '5' } });
    session.destroy();
    await capture.close();
  });

  test('has the frames of a WebSocket server', async () => {
    const upstream = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((resolve) => upstream.once('listening', resolve));
    onTestFinished(() => void upstream.close());
    upstream.on('connection', (socket) => {
      socket.on('message', (data) => socket.send(`you said ${data}`));
    });
    const { port } = upstream.address() as AddressInfo;
    const capture = await captureWebsocket({ host, port }, '/');
    const socket = new WebSocket(`ws://127.0.0.1:${capture.port}`);
    socket.on('open', () => socket.send('hello'));
    await new Promise((resolve) => socket.once('message', resolve));
    expect(capture.items).toEqual([
      { from: 'client', text: 'hello' },
      { from: 'server', text: 'you said hello' },
    ]);
    socket.terminate();
    await capture.close();
    for (const client of upstream.clients) client.terminate();
  });
});

describe('equal answers', () => {
  test('equal values pass', () => {
    expect(() => proveEqual({ a: [1, { b: null }] }, { a: [1, { b: null }] })).not.toThrow();
  });

  test('the first difference is reported with its path and both values', () => {
    expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toBe(
      'answer.a.1.b: expected 3, got 2',
    );
    expect(firstDifference({ a: null }, { a: undefined })).toContain('answer.a');
    expect(firstDifference({}, { a: 1 })).toBe('answer.a: expected 1, got undefined');
    expect(firstDifference([1], [1, 2])).toContain('answer.1');
  });

  test('a missing key is not the same as one without a value', () => {
    expect(() => proveEqual({}, { a: undefined })).toThrow(/differ/);
  });
});

test('calls of a client are counted, closing it is not', async () => {
  const { client, requests } = counted({ read: async () => 1, close: async () => {} });
  await Promise.all([client.read(), client.read()]);
  await client.close();
  expect(requests()).toBe(2);
});
