import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpFront } from '../../services/http.ts';
import { createAddressOf } from '../../services/wire/address.ts';
import type { HttpRoute } from '../../services/wire/room.ts';
import { type House, openHouse } from '../house.ts';

/** The front with rooms that fail, and with connections that a client cannot cause reliably. */

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const broken = () => {
  throw new Error('a bug of the room');
};
const frontOf = (...routes: HttpRoute[]) =>
  createHttpFront({
    core: house.core,
    routes,
    addressOf: createAddressOf(0),
    metrics: () => '',
    whyNotReady: async () => undefined,
  });

/** One end of a connection, which keeps what is written to it. */
class Connection extends Duplex {
  written = '';
  override _read(): void {}
  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.written += String(chunk);
    done();
  }
}

function requestTo(path: string, headers: Record<string, string> = {}): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  const all = { host: 'a', ...headers };
  request.rawHeaders.push(...Object.entries(all).flat());
  return Object.assign(request, {
    url: path,
    method: 'GET',
    headers: all,
    httpVersion: '1.1',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
  });
}

test('a request gets `internal` if its room throws', async () => {
  const front = frontOf({ listener: broken });
  const request = requestTo('/v1/customers');
  const response = new ServerResponse(request);
  const connection = new Connection();
  // All that a response asks of a socket.
  response.assignSocket(connection as unknown as Socket);
  front.request(request, response);
  await once(response, 'finish');
  expect(connection.written).toMatch(/^HTTP\/1\.1 500 [\s\S]*"code":"internal"/);
  expect(connection.written).not.toContain('a bug of the room');
});

test('an upgrade gets `internal` if its room throws', async () => {
  const front = frontOf({ path: '/ws', upgrade: broken });
  const request = requestTo('/ws', { connection: 'Upgrade', upgrade: 'websocket' });
  const connection = new Connection();
  front.upgradeOf(request)?.(request, connection, Buffer.alloc(0));
  await once(connection, 'finish');
  expect(connection.written).toMatch(/^HTTP\/1\.1 500 [\s\S]*"code":"internal"/);
  connection.destroy();
});

test.each([
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ['HPE_ANYTHING_NEW', 400],
])('a connection that fails with %s gets %d', async (code, status) => {
  const connection = new Connection();
  frontOf().unparsed(Object.assign(new Error(code), { code }), connection);
  await once(connection, 'finish');
  expect(connection.written).toMatch(
    new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*"status":${status}`),
  );
  connection.destroy();
});

test('nothing is written to a lost connection', () => {
  const connection = new Connection();
  frontOf().unparsed(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), connection);
  expect(connection.destroyed).toBe(true);
  expect(connection.written).toBe('');
});
