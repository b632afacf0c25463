import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Server as GrpcServer, ServerCredentials, status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Answer, Driver, HttpRequest } from '../../bench/drivers/driver.ts';
import {
  createFrameReader,
  encodeFrame,
  flag,
  frameType,
  preface,
} from '../../bench/drivers/http2/frames.ts';
import { openLeanHttp2 } from '../../bench/drivers/http2.ts';
import { openDriver, type Prepared } from '../../bench/drivers/open-driver.ts';
import { makeCertificate } from '../../bench/subject/certificate.ts';

const host = '127.0.0.1';
const marker = '5f17e3c0-0000-4000-8000-000000000001';
const get: HttpRequest = {
  method: 'GET',
  path: '/v1/payments/pay_1?expand=customer',
  headers: { authorization: 'Bearer sk_test_reader', 'x-key': marker },
  body: Buffer.alloc(0),
};
const post = (body: Uint8Array): HttpRequest => ({ ...get, method: 'POST', body });

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  // A server on a port has an address with one.
  return (server.address() as AddressInfo).port;
}

interface Opening {
  readonly connections?: number;
  readonly check?: (answer: Answer) => boolean;
  readonly marker?: string;
  readonly ca?: string;
  readonly timeoutMs?: number;
}

async function opened(prepared: Prepared, port: number, opening: Opening = {}): Promise<Driver> {
  const options = { host, port, connections: 2, check: () => true, ...opening };
  return closedAtTheEnd(await openDriver(prepared, options));
}

function closedAtTheEnd(driver: Driver): Driver {
  onTestFinished(() => driver.close());
  return driver;
}

/** Checks one body, and keeps the sizes of what it was shown. */
const isText = (text: string) => (answer: Answer) =>
  answer.status === 200 && Buffer.from(answer.body).toString() === text;

const times = (count: number, call: () => Promise<void>) =>
  Promise.all(Array.from({ length: count }, call));

const allDiffer = (texts: readonly unknown[]) => new Set(texts).size === texts.length;

/** A server of bytes: says what `answer` gives for each chunk of requests that it is sent. */
const rawServer = (onSocket: (socket: Socket) => void) =>
  listening(createTcpServer({ noDelay: true }, onSocket));

describe('the lean driver of HTTP/1.1', () => {
  const http1 = (request: HttpRequest): Prepared => ({ protocol: 'http1', request });
  const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

  test('sends the request as it was captured, each with a marker of its own', async () => {
    const seen: {
      method: unknown;
      url: unknown;
      headers: Record<string, unknown>;
      body: string;
    }[] = [];
    const port = await listening(
      createHttpServer(async (request, response) => {
        const { method, url, headers } = request;
        seen.push({ method, url, headers, body: String(await buffer(request)) });
        response.end('ok');
      }),
    );
    const request = post(Buffer.from(`{"key":"${marker}"}`));
    const driver = await opened(http1(request), port, { marker, check: isText('ok') });
    await times(300, driver.call);
    expect(seen).toHaveLength(300);
    expect(seen[0]).toMatchObject({ method: 'POST', url: get.path });
    expect(seen[0]?.headers).toMatchObject({
      host: `${host}:${port}`,
      authorization: 'Bearer sk_test_reader',
      'content-length': '46',
    });
    expect(allDiffer(seen.map(({ headers }) => headers['x-key']))).toBe(true);
    for (const { headers, body } of seen) expect(body).toBe(`{"key":"${headers['x-key']}"}`);
  });

  test('has one request at a time on a connection, and the others wait in turn', async () => {
    const out: (() => void)[] = [];
    let most = 0;
    const port = await listening(
      createHttpServer((_request, response) => {
        out.push(() => response.end('ok'));
        most = Math.max(most, out.length);
        if (out.length === 3) for (const answer of out.splice(0)) answer();
      }),
    );
    const driver = await opened(http1(get), port, { connections: 3 });
    for (let turn = 0; turn < 2; turn += 1) {
      const order: number[] = [];
      await Promise.all(
        Array.from({ length: 30 }, async (_, index) => {
          await driver.call();
          order.push(Math.floor(index / 3));
        }),
      );
      expect(order).toEqual(order.toSorted((one, other) => one - other));
    }
    expect(most).toBe(3);
  });

  test.each([
    ['in chunks', 'transfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\na: b\r\n\r\n'],
    ['of a known length', 'Content-Length:5\r\n\r\nhello'],
    ['that ends the connection', 'connection: close\r\ncontent-length: 5\r\n\r\nhello'],
  ])('takes an answer %s that dribbles in, byte by byte', async (_, rest) => {
    const answer = Buffer.from(
      `HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\nHTTP/1.1 200 OK\r\n${rest}`,
    );
    const port = await rawServer((socket) => {
      socket.on('data', async () => {
        for (const byte of answer) {
          socket.write(Buffer.from([byte]));
          await new Promise(setImmediate);
        }
      });
    });
    const driver = await opened(http1(get), port, { connections: 1, check: isText('hello') });
    await times(3, driver.call);
  });

  test('takes a chunked answer of a real server, and one of a megabyte', async () => {
    const long = 'é'.repeat(500_000);
    const port = await listening(
      createHttpServer((_request, response) => {
        response.write(long.slice(0, 10));
        setImmediate(() => response.end(long.slice(10)));
      }),
    );
    const driver = await opened(http1(get), port, { check: isText(long) });
    await times(6, driver.call);
  });

  test('takes 204 and 304 without a body', async () => {
    let count = 0;
    const port = await listening(
      createHttpServer((_request, response) => {
        count += 1;
        response.writeHead(count % 2 ? 204 : 304, { etag: '"1"' }).end();
      }),
    );
    const seen: number[] = [];
    const check = ({ status, body }: Answer) => seen.push(status) > 0 && body.length === 0;
    const driver = await opened(http1(get), port, { connections: 1, check });
    for (let call = 0; call < 4; call += 1) await driver.call();
    expect(seen).toEqual([204, 304, 204, 304]);
  });

  test('rejects another answer, saying what came, and goes on', async () => {
    let count = 0;
    const port = await listening(
      createHttpServer((_request, response) => {
        count += 1;
        response.writeHead(count === 1 ? 500 : 200).end(count === 1 ? 'oh no' : 'ok');
      }),
    );
    const driver = await opened(http1(get), port, { connections: 1, check: isText('ok') });
    await expect(driver.call()).rejects.toThrow(/got status 500 and 5 bytes: oh no/);
    await driver.call();
  });

  test('rejects the call of a lost connection, and the next one connects again', async () => {
    let connections = 0;
    const port = await rawServer((socket) => {
      connections += 1;
      const isFirst = connections === 1;
      socket.on('data', () => (isFirst ? socket.destroy() : socket.write(ok)));
    });
    const driver = await opened(http1(get), port, { connections: 1 });
    await expect(driver.call()).rejects.toThrow(/lost the connection/);
    await driver.call();
    expect(connections).toBe(2);
  });

  test('leaves a connection that the server says it ends', async () => {
    let connections = 0;
    const port = await rawServer((socket) => {
      connections += 1;
      socket.once('data', () =>
        socket.write('HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nok'),
      );
    });
    const driver = await opened(http1(get), port, { connections: 1, check: isText('ok') });
    for (let call = 0; call < 3; call += 1) await driver.call();
    expect(connections).toBe(3);
  });

  test('fails at an answer that no request asked for', async () => {
    let isFirst = true;
    const port = await rawServer((socket) => {
      socket.on('data', () => {
        socket.write(isFirst ? `${ok}${ok}` : ok);
        isFirst = false;
      });
    });
    const driver = await opened(http1(get), port, { connections: 1 });
    await driver.call();
    await expect(driver.call()).rejects.toThrow(/no answer without a request/);
    await driver.call();
  });

  test('rejects what is no HTTP, and what never says its length', async () => {
    const answers = ['SSH-2.0-OpenSSH_9\r\n', 'HTTP/1.1 200 OK\r\nserver: x\r\n\r\n'];
    const port = await rawServer((socket) => {
      socket.on('data', () => socket.write(answers.shift() ?? ok));
    });
    const driver = await opened(http1(get), port, { connections: 1 });
    await expect(driver.call()).rejects.toThrow(/answer of HTTP\/1.1, got "SSH-2.0/);
    await expect(driver.call()).rejects.toThrow(/Expected content-length or chunks/);
    await driver.call();
  });

  test('gives a connection up that never answers, and those that wait for it are answered', async () => {
    let asked = 0;
    const server = createHttpServer((_request, response) => {
      asked += 1;
      // The first is left to hang.
      if (asked > 1) response.end('ok');
    });
    const port = await listening(server);
    const driver = await opened({ protocol: 'http1', request: get }, port, {
      connections: 1,
      timeoutMs: 40,
      check: isText('ok'),
    });
    const [hanging, waiting] = [driver.call(), driver.call()];
    await expect(hanging).rejects.toThrow(/answer in time/);
    await waiting;
    expect(asked).toBe(2);
  });

  test('rejects all that is out and all that waits when it is closed', async () => {
    const port = await rawServer(() => {});
    const driver = await opened(http1(get), port, { connections: 1 });
    const calls = [driver.call(), driver.call()];
    const outcomes = Promise.allSettled(calls);
    await driver.close();
    expect((await outcomes).map((one) => one.status)).toEqual(['rejected', 'rejected']);
    await expect(driver.call()).rejects.toThrow(/driver was closed/);
  });

  test('says so where nobody listens', async () => {
    const server = createTcpServer();
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    await expect(opened(http1(get), port)).rejects.toThrow(/Expected a connection to 127.0.0.1/);
  });

  test('speaks TLS with the one authority that it is given', async () => {
    const { cert, key } = await makeCertificate();
    const answer = { cert, key };
    const port = await listening(createHttpsServer(answer, (_, response) => response.end('ok')));
    const driver = await opened(http1(get), port, { ca: cert, check: isText('ok') });
    await times(20, driver.call);
    const other = await makeCertificate();
    await expect(opened(http1(get), port, { ca: other.cert })).rejects.toThrow(/got none/);
  });
});

describe('the lean driver of HTTP/2', () => {
  const http2 = (request: HttpRequest): Prepared => ({ protocol: 'http2', grpc: false, request });
  type OnStream = (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void;

  async function serverOf(onStream: OnStream, settings = {}, onSession?: OnSession) {
    const server: Http2Server = createHttp2Server({ settings });
    server.on('stream', onStream);
    server.on('sessionError', () => {});
    if (onSession) server.on('session', onSession);
    return { server, port: await listening(server) };
  }
  type OnSession = (session: ServerHttp2Session) => void;

  const answerOk: OnStream = (stream) => {
    stream.respond({ ':status': 200 });
    stream.end('ok');
  };

  test('sends the request as it was captured, each with a marker of its own', async () => {
    const seen: { headers: Record<string, unknown>; body: string }[] = [];
    const { port } = await serverOf(async (stream, headers) => {
      seen.push({ headers, body: String(await buffer(stream)) });
      stream.respond({ ':status': 200, 'content-type': 'text/plain' });
      stream.end('ok');
    });
    const request = post(Buffer.from(`{"key":"${marker}"}`));
    const driver = await opened(http2(request), port, { marker, check: isText('ok') });
    await times(300, driver.call);
    expect(seen).toHaveLength(300);
    for (const { headers, body } of seen) {
      expect(headers).toMatchObject({
        ':method': 'POST',
        ':path': get.path,
        ':scheme': 'http',
        ':authority': `${host}:${port}`,
        authorization: 'Bearer sk_test_reader',
      });
      expect(body).toBe(`{"key":"${headers['x-key']}"}`);
    }
    expect(allDiffer(seen.map(({ headers }) => headers['x-key']))).toBe(true);
  });

  test.each([200, 201, 204, 301, 304, 404, 418, 429, 500, 503, 599])(
    'finds status %i in whatever way it is written',
    async (code) => {
      const { port } = await serverOf((stream) => {
        stream.respond({ ':status': code, 'x-one': 'a', 'grpc-status': '7' }, { endStream: true });
      });
      const check = ({ status: got }: Answer) => got === code;
      const driver = await opened(http2(get), port, { check });
      await times(4, driver.call);
    },
  );

  test('passes over interim answers', async () => {
    const { port } = await serverOf((stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a>; rel=preload' });
      answerOk(stream, {});
    });
    const driver = await opened(http2(get), port, { check: isText('ok') });
    await times(4, driver.call);
  });

  test('uses no header table where the server has none', async () => {
    const seen: unknown[] = [];
    const { port } = await serverOf(
      (stream, headers) => {
        seen.push(headers.authorization);
        answerOk(stream, headers);
      },
      { headerTableSize: 0 },
    );
    const driver = await opened(http2(get), port, { connections: 1, check: isText('ok') });
    await times(4, driver.call);
    expect(seen).toEqual(Array(4).fill('Bearer sk_test_reader'));
  });

  test('has no more streams open than the server allows, and all are answered', async () => {
    let out = 0;
    let most = 0;
    const { port } = await serverOf(
      (stream) => {
        out += 1;
        most = Math.max(most, out);
        setImmediate(() => {
          out -= 1;
          answerOk(stream, {});
        });
      },
      { maxConcurrentStreams: 2 },
    );
    const driver = await opened(http2(get), port, { connections: 1, check: isText('ok') });
    await times(50, driver.call);
    expect(most).toBe(2);
  });

  test('lets those wait in turn for whom there is no stream', async () => {
    const { port } = await serverOf(answerOk, { maxConcurrentStreams: 1 });
    const driver = await opened(http2(get), port, { connections: 1 });
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => driver.call().then(() => order.push(index))),
    );
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  test('sends and takes bodies far larger than a window of 64 KiB', async () => {
    const body = Buffer.alloc(1_000_000, 'abcdefg');
    const { port } = await serverOf(async (stream) => {
      const got = await buffer(stream);
      stream.respond({ ':status': 200 });
      stream.end(got);
    });
    const check = (answer: Answer) => body.equals(answer.body);
    const driver = await opened(http2(post(body)), port, { connections: 1, check });
    // Together more than what a connection may send unasked, so that it has to be asked for.
    for (let turn = 0; turn < 5; turn += 1) await times(5, driver.call);
  });

  test('takes one body larger than the window of a stream', async () => {
    const size = 20 * 2 ** 20;
    const { port } = await serverOf((stream) => {
      stream.respond({ ':status': 200 });
      stream.end(Buffer.alloc(size));
    });
    const driver = await opened(http2(get), port, { check: ({ body }) => body.length === size });
    await driver.call();
  });

  test('takes headers that go on in further frames', async () => {
    const long = Object.fromEntries(
      Array.from({ length: 5 }, (_, index) => [`x-${index}`, '~'.repeat(7000)]),
    );
    const { port } = await serverOf((stream) => {
      stream.respond({ ...long, ':status': 404 });
      stream.end('ok');
    });
    const check = ({ status: got }: Answer) => got === 404;
    const driver = await opened(http2(get), port, { check });
    await times(3, driver.call);
  });

  test('takes padded frames', async () => {
    const server = createHttp2Server({ paddingStrategy: 1 });
    server.on('stream', answerOk);
    const port = await listening(server);
    const driver = await opened(http2(get), port, { check: isText('ok') });
    await times(3, driver.call);
  });

  test('answers a ping', async () => {
    const sessions: ServerHttp2Session[] = [];
    const { port } = await serverOf(answerOk, {}, (session) => sessions.push(session));
    await opened(http2(get), port, { connections: 1 });
    const [session] = sessions;
    const payload = Buffer.from('fivewire');
    const echoed = await new Promise((resolve) =>
      session?.ping(payload, (_error, _duration, echo) => resolve(String(echo))),
    );
    expect(echoed).toBe('fivewire');
  });

  test('rejects the stream that is reset, and no other', async () => {
    let count = 0;
    const { port } = await serverOf((stream) => {
      count += 1;
      stream.on('error', () => {});
      if (count === 1) stream.close(11);
      else answerOk(stream, {});
    });
    const driver = await opened(http2(get), port, { connections: 1, check: isText('ok') });
    const [first, ...others] = await Promise.allSettled(Array.from({ length: 5 }, driver.call));
    expect(String(first?.status === 'rejected' && first.reason)).toMatch(
      /RST_STREAM with error 11/,
    );
    expect(others.map((one) => one.status)).toEqual(Array(4).fill('fulfilled'));
  });

  /** A server of frames; `onFrame` gets those that are for it, and which connection it is. */
  async function serverOfFrames(
    onFrame: (type: number, id: number, send: Send, connection: number, length: number) => void,
    settings: readonly number[] = [],
  ): Promise<number> {
    let connections = 0;
    return rawServer((socket) => {
      connections += 1;
      const connection = connections;
      const send: Send = (type, flags, id, payload) =>
        void socket.write(encodeFrame(type, flags, id, Buffer.from(payload)));
      send(frameType.settings, 0, 0, settings);
      const read = createFrameReader((type, _flags, id, _bytes, start, end) =>
        onFrame(type, id, send, connection, end - start),
      );
      let skip = preface.length;
      socket.on('data', (bytes: Buffer) => {
        read(bytes.subarray(skip), bytes.length - skip);
        skip = 0;
      });
    });
  }
  type Send = (type: number, flags: number, id: number, payload: readonly number[]) => void;
  const status204 = 0x89;
  const answer204 = (send: Send, id: number) =>
    send(frameType.headers, flag.endHeaders | flag.endStream, id, [status204]);

  test('rejects what GOAWAY did not take, and the next call connects again', async () => {
    const port = await serverOfFrames((type, id, send, connection) => {
      if (type !== frameType.headers) return;
      if (connection > 1) answer204(send, id);
      else send(frameType.goaway, 0, 0, [0, 0, 0, 0, 0, 0, 0, 2]);
    });
    const driver = await opened(http2(get), port, { connections: 1 });
    await expect(driver.call()).rejects.toThrow(/GOAWAY with error 2/);
    await driver.call();
  });

  test('lets those end that GOAWAY has taken, while the next go elsewhere', async () => {
    const heard = Promise.withResolvers<void>();
    const answers: (() => void)[] = [];
    const port = await serverOfFrames((type, id, send, connection) => {
      if (type === frameType.ping) heard.resolve();
      if (type !== frameType.headers) return;
      if (connection > 1) return answer204(send, id);
      answers.push(() => answer204(send, id));
      send(frameType.goaway, 0, 0, [0, 0, 0, 1, 0, 0, 0, 0]);
      // What answers it has read the GOAWAY before.
      send(frameType.ping, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);
    });
    const driver = await opened(http2(get), port, { connections: 1 });
    const first = driver.call();
    await heard.promise;
    await times(2, driver.call);
    expect(answers).toHaveLength(1);
    answers[0]?.();
    await first;
  });

  test.each([
    ['a stream', 50, [0, 4, 0, 0, 0, 10], 10, 1],
    ['the connection', 100_000, [0, 4, 0, 15, 255, 255], 65_535, 0],
  ])('sends no more than the window of %s', async (_, length, settings, window, streamOfUpdate) => {
    let sent = 0;
    let granted = window;
    let waits = 0;
    const port = await serverOfFrames((type, id, send, _connection, size) => {
      if (type === frameType.ping) {
        // The echo comes behind all that it sends without more room.
        expect(sent).toBe(granted);
        waits += 1;
        const increment = waits < 3 ? 10 : length;
        granted = Math.min(length, granted + increment);
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(increment);
        send(frameType.windowUpdate, 0, streamOfUpdate, [...bytes]);
      }
      if (type !== frameType.data) return;
      sent += size;
      expect(sent).toBeLessThanOrEqual(granted);
      if (sent === length) answer204(send, id);
      else if (sent === granted) send(frameType.ping, 0, 0, Array(8).fill(0));
    }, settings);
    const driver = await opened(http2(post(Buffer.alloc(length))), port, { connections: 1 });
    await driver.call();
    expect(waits).toBe(3);
  });

  test('finds a status that stands in a further frame of headers', async () => {
    const port = await serverOfFrames((type, id, send) => {
      if (type !== frameType.headers) return;
      send(frameType.headers, flag.endStream, id, []);
      send(frameType.continuation, 0, id, []);
      send(frameType.continuation, flag.endHeaders, id, [status204]);
    });
    const driver = await opened(http2(get), port, { check: ({ status: got }) => got === 204 });
    await times(3, driver.call);
  });

  test('fails at a stream that no request opened', async () => {
    const port = await serverOfFrames((type, id, send) => {
      if (type === frameType.headers) answer204(send, id + 2);
    });
    const driver = await opened(http2(get), port, { connections: 1 });
    await expect(driver.call()).rejects.toThrow(/no answer without a request, got stream 3/);
  });

  test('rejects the calls of a lost connection, and the next one connects again', async () => {
    let connections = 0;
    const { port } = await serverOf(
      (stream) => {
        if (connections > 1) answerOk(stream, {});
        else stream.session?.destroy();
      },
      {},
      () => {
        connections += 1;
      },
    );
    const driver = await opened(http2(get), port, { connections: 1, check: isText('ok') });
    const lost = await Promise.allSettled([driver.call(), driver.call()]);
    expect(lost.map((one) => one.status)).toEqual(['rejected', 'rejected']);
    await driver.call();
  });

  test('opens a new connection where the streams of one have run out', async () => {
    let connections = 0;
    const { port } = await serverOf(answerOk, {}, () => {
      connections += 1;
    });
    const options = { host, port, connections: 1, request: get, check: isText('ok') };
    const driver = closedAtTheEnd(await openLeanHttp2({ ...options, grpc: false, lastStream: 5 }));
    for (let call = 0; call < 7; call += 1) await driver.call();
    expect(connections).toBe(3);
  });

  test('rejects all that is out and all that waits when it is closed', async () => {
    const { port } = await serverOf(() => {}, { maxConcurrentStreams: 1 });
    const driver = await opened(http2(get), port, { connections: 1 });
    const outcomes = Promise.allSettled([driver.call(), driver.call()]);
    await driver.close();
    expect((await outcomes).map((one) => one.status)).toEqual(['rejected', 'rejected']);
  });

  test('speaks TLS with the one authority that it is given', async () => {
    const { cert, key } = await makeCertificate();
    const server = createSecureServer({ cert, key });
    server.on('stream', answerOk);
    server.on('sessionError', () => {});
    const port = await listening(server);
    const driver = await opened(http2(get), port, { ca: cert, check: isText('ok') });
    await times(20, driver.call);
  });
});

describe('the lean driver of gRPC', () => {
  const path = '/payments.v1.PaymentService/GetPayment';
  const asTheyAre = (bytes: Buffer) => bytes;
  const prefixed = (message: Buffer) => {
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    return Buffer.concat([prefix, message]);
  };
  const grpc = (message: Buffer): Prepared => ({
    protocol: 'http2',
    grpc: true,
    request: {
      method: 'POST',
      path,
      headers: { te: 'trailers', 'content-type': 'application/grpc', 'x-key': marker },
      body: prefixed(message),
    },
  });

  async function serverOf(
    answer: (
      call: { readonly request: Buffer; readonly metadata: { get(name: string): unknown[] } },
      reply: (error: { code: number; details: string } | null, value?: Buffer) => void,
    ) => void,
  ): Promise<number> {
    const server = new GrpcServer();
    const method = {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: asTheyAre,
      requestDeserialize: asTheyAre,
      responseSerialize: asTheyAre,
      responseDeserialize: asTheyAre,
    };
    server.addService({ answer: method }, { answer });
    onTestFinished(() => server.forceShutdown());
    return new Promise((resolve, reject) =>
      server.bindAsync(`${host}:0`, ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
  }

  test('gives the status of the trailers and the body with its prefix', async () => {
    const keys: unknown[] = [];
    const port = await serverOf(({ request, metadata }, reply) => {
      keys.push(metadata.get('x-key')[0]);
      reply(null, request);
    });
    const message = Buffer.from('a message');
    const check = (answer: Answer) =>
      answer.status === status.OK && prefixed(message).equals(answer.body);
    const driver = await opened(grpc(message), port, { check, marker });
    await times(200, driver.call);
    expect(keys).toHaveLength(200);
    expect(allDiffer(keys)).toBe(true);
  });

  test('gives the status of an answer that is trailers alone', async () => {
    const port = await serverOf((_call, reply) =>
      reply({ code: status.DATA_LOSS, details: 'gone' }),
    );
    const answers: number[] = [];
    const check = ({ status: got, body }: Answer) => {
      answers.push(got);
      return got === 0 && body.length > 0;
    };
    const driver = await opened(grpc(Buffer.from('a')), port, { check });
    await expect(driver.call()).rejects.toThrow(/got status 15 and 0 bytes/);
    expect(answers).toEqual([15]);
  });

  test('sends and takes messages far larger than a window', async () => {
    const port = await serverOf(({ request }, reply) => reply(null, request));
    const message = Buffer.alloc(900_000, 'xyz');
    const check = ({ body }: Answer) => prefixed(message).equals(body);
    const driver = await opened(grpc(message), port, { check });
    await times(6, driver.call);
  });
});

describe('the lean driver of WebSocket', () => {
  const frame = `{"input":{"id":"pay_1"},"id":"call-7","type":"call","idempotencyKey":"${marker}"}`;
  const request = {
    path: '/ws',
    protocol: 'payments.v1.json',
    hello: '{"type":"hello","key":"sk_test"}',
    frame,
  };
  const websocket: Prepared = { protocol: 'websocket', request };

  interface Command {
    readonly id: string;
    readonly type: string;
    readonly idempotencyKey: string;
  }
  type Reply = (text: string) => void;

  interface Peer {
    readonly port: number;
    readonly server: WebSocketServer;
  }

  /** Welcomes, and then lets `onCommand` answer. */
  async function serverOf(onCommand: (command: Command, reply: Reply) => void): Promise<Peer> {
    const http = createHttpServer();
    const server = new WebSocketServer({ server: http });
    server.on('connection', (socket) => {
      socket.on('message', (data) => {
        const command = JSON.parse(String(data));
        if (command.type === 'hello') socket.send('{"type":"welcome","id":"0"}');
        else onCommand(command, (text) => socket.send(text));
      });
    });
    return { server, port: await listening(http) };
  }
  const resultOf = ({ id }: Command) => `{"output":{"id":"pay_1"},"id":"${id}","type":"result"}`;

  test('tells answers apart by their id, in whatever order they come', async () => {
    const commands: Command[] = [];
    const late: (() => void)[] = [];
    const { port } = await serverOf((command, reply) => {
      commands.push(command);
      late.push(() => reply(resultOf(command)));
      reply('{"type":"event","id":"evt_1","sequence":1}');
      if (late.length === 5) for (const answer of late.splice(0).reverse()) answer();
    });
    const check = ({ status: got, body }: Answer) =>
      got === 0 && /^\{"output":\{"id":"pay_1"\},"id":"\d+","type"/.test(String(body));
    const driver = await opened(websocket, port, { connections: 1, check, marker });
    for (let turn = 0; turn < 40; turn += 1) await times(5, driver.call);
    expect(commands).toHaveLength(200);
    expect(new Set(commands.map(({ id }) => id)).size).toBe(5);
    expect(allDiffer(commands.map(({ idempotencyKey }) => idempotencyKey))).toBe(true);
    expect(commands[0]).toMatchObject({ input: { id: 'pay_1' }, type: 'call' });
    expect(commands[0]?.idempotencyKey).toHaveLength(marker.length);
  });

  test('takes frames in fragments and of every length, and answers pings', async () => {
    const lengths = [0, 200, 70_000];
    const { server, port } = await serverOf(() => {});
    const pongs: string[] = [];
    server.on('connection', (socket) => {
      socket.on('pong', (data) => pongs.push(String(data)));
      socket.on('message', (data) => {
        const command = JSON.parse(String(data));
        if (command.type === 'hello') return;
        const text = `${resultOf(command).slice(0, -1)},"pad":"${'x'.repeat(lengths.shift() ?? 0)}"}`;
        socket.send(text.slice(0, 20), { fin: false });
        socket.ping('still there');
        socket.send(text.slice(20), { fin: true });
      });
    });
    const sizes: number[] = [];
    const check = ({ body }: Answer) => JSON.parse(String(body)) && sizes.push(body.length) > 0;
    const driver = await opened(websocket, port, { connections: 1, check });
    for (let call = 0; call < 3; call += 1) await driver.call();
    expect(sizes.map((size) => size > 70_000)).toEqual([false, false, true]);
    await expect.poll(() => pongs).toEqual(Array(3).fill('still there'));
  });

  test('takes frames that dribble in, byte by byte', async () => {
    const { port } = await serverOf((command, reply) => reply(resultOf(command)));
    const dribbling = await rawServer((client) => {
      const upstream = connect(port, host);
      client.pipe(upstream);
      onTestFinished(() => void upstream.destroy());
      upstream.on('data', async (bytes: Buffer) => {
        upstream.pause();
        for (const byte of bytes) {
          client.write(Buffer.from([byte]));
          await new Promise(setImmediate);
        }
        upstream.resume();
      });
    });
    const driver = await opened(websocket, dribbling, { connections: 1 });
    await times(5, driver.call);
  });

  test('rejects another answer, saying what came, and goes on', async () => {
    let count = 0;
    const { port } = await serverOf((command, reply) => {
      count += 1;
      reply(count === 1 ? `{"id":"${command.id}","type":"error"}` : resultOf(command));
    });
    const check = ({ body }: Answer) => String(body).includes('result');
    const driver = await opened(websocket, port, { connections: 1, check });
    await expect(driver.call()).rejects.toThrow(/got status 0 and \d+ bytes: .*"type":"error"/);
    await driver.call();
  });

  test('rejects all that is out at a close, and the next call connects again', async () => {
    let connections = 0;
    const { server, port } = await serverOf((command, reply) => {
      if (connections > 1) reply(resultOf(command));
      else for (const socket of server.clients) socket.close(1013, 'try later');
    });
    server.on('connection', () => {
      connections += 1;
    });
    const driver = await opened(websocket, port, { connections: 1 });
    const lost = await Promise.allSettled([driver.call(), driver.call()]);
    for (const one of lost) {
      expect(String(one.status === 'rejected' && one.reason)).toMatch(/close with 1013 try later/);
    }
    await driver.call();
    expect(connections).toBe(2);
  });

  test('rejects all that is out when the connection is lost or the driver closed', async () => {
    const { server, port } = await serverOf(() => {
      for (const socket of server.clients) socket.terminate();
    });
    const driver = await opened(websocket, port, { connections: 1 });
    await expect(driver.call()).rejects.toThrow(/lost the connection/);
    const last = expect(driver.call()).rejects.toThrow(/driver was closed|lost the connection/);
    await driver.close();
    await last;
  });

  test('does not take an upgrade whose key is not accepted', async () => {
    const port = await rawServer((socket) => {
      socket.on('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: abc=\r\n\r\n'),
      );
    });
    await expect(opened(websocket, port)).rejects.toThrow(/Expected 101 with the key accepted/);
  });
});
