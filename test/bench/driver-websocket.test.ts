import { createServer as createHttpServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { DriverReply } from '../../bench/drivers/driver.ts';
import type { DriverRequest } from '../../bench/drivers/open-driver.ts';
import { allDiffer, host, listening, marker, opened, rawServer, times } from './driver-fixture.ts';

describe('the lean driver of WebSocket', () => {
  const frame = `{"input":{"id":"pay_1"},"id":"call-7","type":"call","idempotencyKey":"${marker}"}`;
  const request = {
    path: '/ws',
    protocol: 'payments.v1.json',
    hello: '{"type":"hello","key":"sk_test"}',
    frame,
  };
  const websocket: DriverRequest = { protocol: 'websocket', request };

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

  test('matches replies by their id, in whatever order they come', async () => {
    const commands: Command[] = [];
    const late: (() => void)[] = [];
    const { port } = await serverOf((command, reply) => {
      commands.push(command);
      late.push(() => reply(resultOf(command)));
      reply('{"type":"event","id":"evt_1","sequence":1}');
      if (late.length === 5) for (const answer of late.splice(0).reverse()) answer();
    });
    const check = ({ status: got, body }: DriverReply) =>
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
    const check = ({ body }: DriverReply) =>
      JSON.parse(String(body)) && sizes.push(body.length) > 0;
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
    const check = ({ body }: DriverReply) => String(body).includes('result');
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
