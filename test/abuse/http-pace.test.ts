import { type EventEmitter, once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect as connectHttp2, constants } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { HttpFront } from '../../services/http.ts';
import { type Listening, openHttp1, openHttp2 } from '../../services/http-servers.ts';
import { exchange, responseTo } from './raw-http.ts';

/** The limits for clients that do not read, or do not finish their requests. */

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const { NGHTTP2_CANCEL } = constants;

const never = () => {
  throw new Error('Expected requests alone.');
};
const frontOf = (request: RequestListener): HttpFront => ({
  request,
  checkContinue: request,
  checkExpectation: request,
  upgradeOf: () => undefined,
  connect: never,
  connectStream: never,
  otherProtocol: never,
  unparsed: (_error, socket) => socket.destroy(),
  drain: () => {},
});

async function serve(
  open: typeof openHttp1,
  request: RequestListener,
  stalledMs = 60_000,
): Promise<number> {
  const place = { host: '127.0.0.1', port: 0, tls: undefined, stalledMs };
  const server: Listening = await open(frontOf(request), place);
  closers.push(() => server.close({ idleMs: 0, callsMs: 0 }));
  return server.port;
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const post = `POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n${'x'.repeat(70_000)}`;

/** A connection that reads nothing. */
async function deaf(port: number, text: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  closers.push(() => socket.destroy());
  await once(socket, 'connect');
  socket.pause();
  socket.write(text);
  return socket;
}

/** Resolves when it is closed, with or without an error. */
const closed = (of: EventEmitter): Promise<void> =>
  new Promise((resolve) => of.on('error', () => {}).once('close', () => resolve()));

/** More than the kernel buffers for the server. */
const large = 'x'.repeat(16 * 1024 * 1024);

test('pipelined requests start one after the other and get their responses in order', async () => {
  let running = 0;
  let most = 0;
  const port = await serve(openHttp1, (incoming, outgoing) => {
    running += 1;
    most = Math.max(most, running);
    incoming.resume().on('end', () =>
      setImmediate(() => {
        running -= 1;
        outgoing.end(incoming.url);
      }),
    );
  });
  const paths = Array.from({ length: 80 }, (_, at) => `/${at}`);
  const text =
    post + paths.slice(0, 40).map(get).join('') + post + paths.slice(40).map(get).join('');
  const responses = await exchange(port, text, 82);
  expect(responses.map(({ body }) => body)).toEqual([
    '/body',
    ...paths.slice(0, 40),
    '/body',
    ...paths.slice(40),
  ]);
  expect(most).toBe(1);
});

test('a client that reads nothing holds only one response in memory, however many it requests', async () => {
  let begun = 0;
  const port = await serve(openHttp1, ({ url }, outgoing) => {
    if (url === '/small') return outgoing.end('small');
    begun += 1;
    return outgoing.end(large);
  });
  await deaf(port, get('/large').repeat(90));
  for (let i = 0; i < 20; i += 1) await responseTo(port, get('/small'));
  expect(begun).toBe(1);
});

test('too many pipelined requests end their connection with a response that gives the reason', async () => {
  let begun = 0;
  const port = await serve(openHttp1, (_, outgoing) => {
    begun += 1;
    setImmediate(() => outgoing.end('answer'));
  });
  const responses = await exchange(port, get('/').repeat(200), 200);
  expect(responses).toHaveLength(101);
  expect(responses.at(-1)?.headers.connection).toBe('close');
  expect(responses.at(-2)?.headers.connection).not.toBe('close');
  expect(begun).toBe(101);
});

test('a client that stops reading is disconnected, and one that waits for a response is not', async () => {
  const { promise: cut, resolve: isCut } = Promise.withResolvers<void>();
  const answers: (() => void)[] = [];
  const port = await serve(
    openHttp1,
    ({ url }, outgoing) => {
      if (url === '/large') outgoing.once('close', isCut).end(large);
      else answers.push(() => outgoing.end('late'));
    },
    20,
  );
  const late = responseTo(port, get('/late'));
  await deaf(port, get('/large'));
  await cut;
  for (const answer of answers) answer();
  expect((await late).body).toBe('late');
});

test('HTTP/2 cancels a response that is not read and a request that never ends, but no event stream', async () => {
  const port = await serve(
    openHttp2,
    (incoming, outgoing) => {
      if (incoming.url === '/page') outgoing.end('a page');
      if (incoming.url === '/events') outgoing.write('event');
    },
    20,
  );
  const session = connectHttp2(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 5 } });
  closers.push(() => session.destroy());
  await once(session, 'remoteSettings');
  expect(session.remoteSettings.maxConcurrentStreams).toBe(100);
  const events = session.request({ ':path': '/events' });
  events.setEncoding('utf8');
  const [event] = await once(events, 'data');
  const unread = session.request({ ':path': '/page' });
  const endless = session.request({ ':path': '/', ':method': 'POST' });
  endless.write('{');
  await Promise.all([closed(unread), closed(endless)]);
  expect(event).toBe('event');
  expect([unread.rstCode, endless.rstCode]).toEqual([NGHTTP2_CANCEL, NGHTTP2_CANCEL]);
  expect(events.closed).toBe(false);
});
