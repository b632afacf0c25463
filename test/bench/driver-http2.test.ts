import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { DriverReply, HttpRequest } from '../../bench/drivers/driver.ts';
import {
  createFrameReader,
  encodeFrame,
  flag,
  frameType,
  preface,
} from '../../bench/drivers/http2/frames.ts';
import { openLeanHttp2 } from '../../bench/drivers/http2.ts';
import type { DriverRequest } from '../../bench/drivers/open-driver.ts';
import { makeCertificate } from '../../bench/subject/certificate.ts';
import {
  allDiffer,
  closedAtTheEnd,
  get,
  host,
  isText,
  listening,
  marker,
  opened,
  post,
  rawServer,
  times,
} from './driver-fixture.ts';

describe('the lean driver of HTTP/2', () => {
  const http2 = (request: HttpRequest): DriverRequest => ({
    protocol: 'http2',
    grpc: false,
    request,
  });
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
      const check = ({ status: got }: DriverReply) => got === code;
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
    const check = (answer: DriverReply) => body.equals(answer.body);
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
    const check = ({ status: got }: DriverReply) => got === 404;
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
    await expect(driver.call()).rejects.toThrow(/no response without a request, got stream 3/);
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
