import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { HttpFront } from '../../services/http.ts';
import { openHttp2 } from '../../services/http-servers.ts';

const frameTypes = { data: 0, headers: 1 };
const endStream = 1;
/** Preface, empty settings, and `GET /` of host `a` (RFC 9113 §3.4, RFC 7541 §6.1). */
const request = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
  Buffer.from([0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x84, 0x86, 0x01, 1, 0x61]),
]);

interface Frame {
  readonly type: number;
  readonly length: number;
  readonly isLast: boolean;
}

const never = () => {
  throw new Error('Expected requests alone.');
};

/** The frames of the response on stream 1, up to the last. */
async function framesOf(respond: RequestListener): Promise<Frame[]> {
  const front: HttpFront = {
    request: respond,
    checkContinue: never,
    checkExpectation: never,
    upgradeOf: never,
    connect: never,
    connectStream: never,
    otherProtocol: never,
    unparsed: never,
    drain: never,
  };
  const server = await openHttp2(front, { host: '127.0.0.1', port: 0, tls: undefined });
  const socket = connect(server.port, '127.0.0.1');
  onTestFinished(async () => {
    socket.destroy();
    await server.close({ idleMs: 0, callsMs: 0 });
  });
  socket.write(request);
  let bytes = Buffer.alloc(0);
  const frames: Frame[] = [];
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    while (bytes.length >= 9 && bytes.length >= 9 + bytes.readUIntBE(0, 3)) {
      const length = bytes.readUIntBE(0, 3);
      const isLast = (bytes.readUInt8(4) & endStream) !== 0;
      if (bytes.readUInt32BE(5) === 1) frames.push({ type: bytes.readUInt8(3), length, isLast });
      bytes = bytes.subarray(9 + length);
    }
    if (frames.at(-1)?.isLast) break;
  }
  return frames;
}

test('a response over HTTP/2 ends with its last body frame and needs no extra frame', async () => {
  const frames = await framesOf((_request, response) => {
    response.setHeader('x-first', '1');
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end('body');
  });
  expect(frames).toEqual([
    { type: frameTypes.headers, length: expect.any(Number), isLast: false },
    { type: frameTypes.data, length: 'body'.length, isLast: true },
  ]);
});

test('a response over HTTP/2 without a body consists of its headers', async () => {
  const frames = await framesOf((_request, response) => response.writeHead(304).end());
  expect(frames).toEqual([{ type: frameTypes.headers, length: expect.any(Number), isLast: true }]);
});
