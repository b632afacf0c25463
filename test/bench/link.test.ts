import { createServer } from 'node:http';
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { captureHttp1, captureHttp2, captureWebsocket } from '../../bench/link/capture.ts';
import { startCountingProxy } from '../../bench/link/counting-proxy.ts';
import { firstDifference, proveEqual } from '../../bench/scenarios/proof.ts';
import { counted } from '../../bench/scenarios/wires.ts';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('the counting link', () => {
  test('counts the bytes of both directions exactly, and the connections', async () => {
    const port = await listening(
      createTcpServer((socket) => {
        socket.once('data', () => socket.end(Buffer.alloc(70_000)));
      }),
    );
    const link = await startCountingProxy(port);
    for (let turn = 0; turn < 2; turn += 1) {
      const socket = connect(link.port, '127.0.0.1');
      socket.write(Buffer.alloc(123));
      expect((await buffer(socket)).length).toBe(70_000);
    }
    expect(link.count()).toEqual({ sentBytes: 246, receivedBytes: 140_000, connections: 2 });
    await link.close();
  });

  test('ends what it holds open when it is closed', async () => {
    const port = await listening(createTcpServer());
    const link = await startCountingProxy(port);
    const socket = connect(link.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const gone = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    await link.close();
    await gone;
  });
});

describe('the capturing link', () => {
  test('has an HTTP/1.1 exchange as it went, headers and bodies', async () => {
    const port = await listening(
      createServer((request, response) => {
        request.resume().on('end', () => response.writeHead(404, { 'x-id': '7' }).end('gone'));
      }),
    );
    const capture = await captureHttp1(port);
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

  test('has the trailers of HTTP/2, in which gRPC tells its status', async () => {
    const upstream = createHttp2Server();
    upstream.on('stream', (stream: ServerHttp2Stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '5' }));
      stream.end('x');
    });
    const capture = await captureHttp2(await listening(upstream));
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
    const capture = await captureWebsocket((upstream.address() as AddressInfo).port, '/');
    const socket = new WebSocket(`ws://127.0.0.1:${capture.port}`);
    socket.on('open', () => socket.send('hello'));
    await new Promise((resolve) => socket.once('message', resolve));
    expect(capture.items).toEqual(['you said hello']);
    socket.terminate();
    await capture.close();
    for (const client of upstream.clients) client.terminate();
  });
});

describe('equal answers', () => {
  test('equal values pass', () => {
    expect(() => proveEqual({ a: [1, { b: null }] }, { a: [1, { b: null }] })).not.toThrow();
  });

  test('the first difference is told with its path and both values', () => {
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
