import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { DriverReply, HttpRequest } from '../../bench/drivers/driver.ts';
import type { DriverRequest } from '../../bench/drivers/open-driver.ts';
import { makeCertificate } from '../../bench/subject/certificate.ts';
import {
  allDiffer,
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

describe('the lean driver of HTTP/1.1', () => {
  const http1 = (request: HttpRequest): DriverRequest => ({ protocol: 'http1', request });
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
    const check = ({ status, body }: DriverReply) => seen.push(status) > 0 && body.length === 0;
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
    await expect(driver.call()).rejects.toThrow(/no response without a request/);
    await driver.call();
  });

  test('rejects what is no HTTP, and what never says its length', async () => {
    const answers = ['SSH-2.0-OpenSSH_9\r\n', 'HTTP/1.1 200 OK\r\nserver: x\r\n\r\n'];
    const port = await rawServer((socket) => {
      socket.on('data', () => socket.write(answers.shift() ?? ok));
    });
    const driver = await opened(http1(get), port, { connections: 1 });
    await expect(driver.call()).rejects.toThrow(/response of HTTP\/1.1, got "SSH-2.0/);
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
    await expect(hanging).rejects.toThrow(/response in time/);
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
