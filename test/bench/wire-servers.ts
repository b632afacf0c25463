import { createServer, type Server } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import type { HttpRequest } from '../../bench/drivers/driver.ts';
import { type DriverRequest, openDriver } from '../../bench/drivers/open-driver.ts';
import { checkOf } from '../../bench/trial/capture.ts';
import { listening } from './driver-fixture.ts';
import { type AnswersAt, createVirtualTime, type VirtualTime } from './virtual-time.ts';

/** Servers that speak a real protocol over real sockets, in virtual time. */

export const wires = ['http1', 'http2', 'grpc', 'websocket'] as const;
export type Wire = (typeof wires)[number];

/** Answers a request well, or as the wire reports a failure. */
type Answer = (isGood: boolean) => void;

const host = '127.0.0.1';
const good = '{"id":"pay_1","amount":1999}';
/** As GraphQL does it: status 200, and the failure in the body. */
const failed = '{"data":null,"errors":[{"message":"boom"}]}';
/** Five bytes of prefix, and as many zeros as a message. */
const message = Buffer.concat([Buffer.from([0, 0, 0, 0, 8]), Buffer.alloc(8)]);

const get: HttpRequest = { method: 'GET', path: '/', headers: {}, body: Buffer.alloc(0) };
const call: HttpRequest = { ...get, method: 'POST', path: '/payments.v1/Get', body: message };

const prepared: Readonly<Record<Wire, DriverRequest>> = {
  http1: { protocol: 'http1', request: get },
  http2: { protocol: 'http2', grpc: false, request: get },
  grpc: { protocol: 'http2', grpc: true, request: call },
  websocket: {
    protocol: 'websocket',
    request: { path: '/ws', protocol: 'payments.v1.json', hello: '{}', frame: '{"id":"1"}' },
  },
};

/** What a good answer looks like: as if the room's own client had received it once. */
const captured = (wire: Wire) => ({
  prepared: prepared[wire],
  answer: undefined,
  status: wire === 'http1' || wire === 'http2' ? 200 : 0,
  body: wire === 'grpc' ? message : Buffer.from(wire === 'websocket' ? `"output":${good}}` : good),
  welcome: '',
});

const workload = { name: 'read', perform: async () => undefined, wireCalls: 1 };

function createWebsocketServer(onRequest: (answer: Answer) => void): Server {
  const http = createServer();
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    socket.once('message', () => {
      socket.send('{"type":"welcome"}');
      socket.on('message', (data) => {
        const { id } = JSON.parse(String(data));
        onRequest((isGood) =>
          socket.send(
            isGood
              ? `{"type":"result","id":"${id}","output":${good}}`
              : `{"type":"error","id":"${id}","error":{"code":"internal"}}`,
          ),
        );
      });
    });
  });
  return http;
}

function createStreamServer(wire: Wire, onRequest: (answer: Answer) => void) {
  const isGrpc = wire === 'grpc';
  return createHttp2Server().on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    onRequest((isGood) => {
      stream.respond({ ':status': isGood || isGrpc ? 200 : 500 }, { waitForTrailers: isGrpc });
      stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': isGood ? 0 : 13 }));
      stream.end(isGrpc ? message : isGood ? good : failed);
    });
  });
}

function createWireServer(wire: Wire, onRequest: (answer: Answer) => void) {
  if (wire === 'websocket') return createWebsocketServer(onRequest);
  if (wire !== 'http1') return createStreamServer(wire, onRequest);
  return createServer((_request, response) => {
    onRequest((isGood) => response.end(isGood ? good : failed));
  });
}

export interface Loaded {
  readonly time: VirtualTime;
  /** By the lean driver of the wire, each answer checked. */
  readonly call: () => Promise<void>;
  /** Connections that the server has taken. */
  readonly connections: () => number;
  /** The most requests that the server had at a time. */
  readonly mostAtATime: () => number;
}

/**
 * A server that answers by the virtual clock, and the driver that calls it over sockets: time
 * stands still until every request has reached the server and every answer the driver.
 *
 * @param connections at least as many as calls may be out where each has one at a time
 */
export async function startOnWire(
  wire: Wire,
  connections: number,
  answersAt: AnswersAt,
  isGood: (index: number) => boolean = () => true,
): Promise<Loaded> {
  const counts = { made: 0, received: 0, answered: 0, settled: 0, most: 0 };
  const time = createVirtualTime(
    () => counts.made === counts.received && counts.answered === counts.settled,
  );
  const sockets = new Set<Socket>();
  const server = createWireServer(wire, async (answer) => {
    const index = counts.received;
    counts.received += 1;
    counts.most = Math.max(counts.most, counts.received - counts.answered);
    const atMs = answersAt(time.pacer.now(), index);
    if (atMs === undefined) return;
    await time.at(atMs);
    counts.answered += 1;
    answer(isGood(index));
  });
  const port = await listening(server, sockets);
  const check = checkOf(workload, captured(wire));
  const driver = await openDriver(prepared[wire], { host, port, connections, check });
  onTestFinished(() => driver.close());
  return {
    time,
    connections: () => sockets.size,
    mostAtATime: () => counts.most,
    async call() {
      counts.made += 1;
      try {
        await driver.call();
      } finally {
        counts.settled += 1;
      }
    },
  };
}
