import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import {
  createFrameReader,
  defaults,
  encodeFrame,
  encodeSettings,
  encodeWindowUpdate,
  flag,
  frameType,
  type OnFrame,
  preface,
  setting,
  writeNumber,
} from '../../drivers/http2/frames.ts';
import { opcode, plainFrame, readFrameHead } from '../../drivers/websocket/frames.ts';
import { createWriteBatch } from '../../drivers/write-batch.ts';
import { constants } from './constant.ts';

/**
 * The null servers: they find where a request ends and answer a constant, on bare sockets. What a
 * client reaches against them is its own ceiling. They check nothing, because only the bench calls.
 */

const rest = Buffer.from(constants.rest);
const http1Answer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${rest.length}\r\n\r\n${rest}`,
);
const headEnd = Buffer.from('\r\n\r\n');

/** @returns where the request ends that starts at `at`; −1 if it is incomplete */
function endOfRequest(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(headEnd, at);
  if (end < 0) return -1;
  const bodyStart = end + headEnd.length;
  const isGet = bytes[at] === 71;
  if (isGet) return bodyStart;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', at, end))?.[1];
  const bodyEnd = bodyStart + Number(length ?? 0);
  return bodyEnd > bytes.length ? -1 : bodyEnd;
}

/** HTTP/1.1; a connection whose first request asks for WebSocket goes on with that. */
function serveHttp1(socket: Socket): void {
  socket.once('data', (first: Buffer) => {
    const key = /\r\nsec-websocket-key: *(\S+)/i.exec(first.toString('latin1'))?.[1];
    if (key) return serveWebsocket(socket, key, first);
    let held: Buffer | undefined;
    const onData = (chunk: Buffer) => {
      const bytes = held ? Buffer.concat([held, chunk]) : chunk;
      let start = 0;
      for (let end = endOfRequest(bytes, 0); end >= 0; end = endOfRequest(bytes, end)) {
        start = end;
        socket.write(http1Answer);
        if (end === bytes.length) break;
      }
      held = start < bytes.length ? bytes.subarray(start) : undefined;
    };
    socket.on('data', onData);
    onData(first);
  });
}

const { welcome, result } = constants.websocket;
const idOf = /"id":"[^"]*"/.exec(result)?.[0] ?? '';
const [before = '', after = ''] = result.split(idOf);
const welcomeFrame = plainFrame(opcode.text, Buffer.from(welcome));
const idStart = Buffer.from('"id":"');
const quote = 34;

/** Result frames by the length of their id: the frame, and where the id is in it. */
const resultFrames = new Map<number, { readonly frame: Buffer; readonly place: number }>();

function resultFrame(idLength: number) {
  const known = resultFrames.get(idLength);
  if (known) return known;
  const text = `${before}"id":"${'0'.repeat(idLength)}"${after}`;
  const frame = plainFrame(opcode.text, Buffer.from(text));
  const place = frame.length - Buffer.byteLength(after) - 1 - idLength;
  const made = { frame, place };
  resultFrames.set(idLength, made);
  return made;
}

/** Unmasks no more than up to the end of the id. @returns its place; undefined without one */
function findId(bytes: Buffer, start: number, end: number): [number, number] | undefined {
  let matched = 0;
  let idAt = -1;
  for (let at = start; at < end; at += 1) {
    const byte = (bytes[at] ?? 0) ^ (bytes[start - 4 + ((at - start) & 3)] ?? 0);
    bytes[at] = byte;
    if (idAt >= 0) {
      if (byte === quote) return [idAt, at];
    } else {
      matched = byte === idStart[matched] ? matched + 1 : byte === quote ? 1 : 0;
      if (matched === idStart.length) idAt = at + 1;
    }
  }
  return undefined;
}

function serveWebsocket(socket: Socket, key: string, request: Buffer): void {
  const accept = createHash('sha1')
    .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  const protocol = /\r\n(sec-websocket-protocol: *[^\r,]+)/i.exec(request.toString('latin1'))?.[1];
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n' +
      `sec-websocket-accept: ${accept}\r\n${protocol ? `${protocol}\r\n` : ''}\r\n`,
  );
  const batch = createWriteBatch(socket);
  let held: Buffer | undefined;
  socket.on('data', (chunk: Buffer) => {
    const bytes = held ? Buffer.concat([held, chunk]) : chunk;
    let at = 0;
    for (;;) {
      const head = readFrameHead(bytes, at, bytes.length);
      if (!head || head.end > bytes.length) break;
      at = head.end;
      if (head.code === opcode.close) {
        socket.end();
        return;
      }
      const id = findId(bytes, head.start, head.end);
      if (!id) {
        batch.add(welcomeFrame);
        continue;
      }
      const { frame, place } = resultFrame(id[1] - id[0]);
      const room = batch.reserve(frame.length);
      room.bytes.set(frame, room.at);
      bytes.copy(room.bytes, room.at + place, id[0], id[1]);
    }
    held = at < bytes.length ? bytes.subarray(at) : undefined;
  });
}

// RFC 7541: `:status: 200` by its index, then fields that leave no trace in the table.
const status200 = 0x88;
const literal = (text: string) => Buffer.from([text.length, ...Buffer.from(text)]);
const contentType = (type: string) => Buffer.concat([Buffer.from([0x0f, 0x10]), literal(type)]);

const headersFrame = (flags: number, block: readonly Uint8Array[]) =>
  encodeFrame(frameType.headers, flag.endHeaders | flags, 0, Buffer.concat(block));
const dataFrame = (flags: number, payload: Uint8Array) =>
  encodeFrame(frameType.data, flags, 0, payload);

const message = Buffer.from(constants.grpc.message, 'base64');
const messagePrefix = Buffer.alloc(5);
messagePrefix.writeUInt32BE(message.length, 1);

const http2Frames = [
  headersFrame(0, [Buffer.from([status200]), contentType('application/json')]),
  dataFrame(flag.endStream, rest),
];
const grpcFrames = [
  headersFrame(0, [Buffer.from([status200]), contentType('application/grpc')]),
  dataFrame(0, Buffer.concat([messagePrefix, message])),
  headersFrame(flag.endStream, [Buffer.from([0]), literal('grpc-status'), literal('0')]),
];

const windowBytes = 2 ** 30;

/** HTTP/2 with prior knowledge; answers these frames when a request has come to its end. */
const serveHttp2 =
  (frames: readonly Buffer[]) =>
  (socket: Socket): void => {
    const answer = Buffer.concat(frames);
    const idPlaces = frames.map((_, index) => Buffer.concat(frames.slice(0, index)).length + 5);
    const batch = createWriteBatch(socket);
    let received = 0;
    const reply = (stream: number) => {
      const { bytes, at } = batch.reserve(answer.length);
      bytes.set(answer, at);
      for (const place of idPlaces) writeNumber(bytes, at + place, stream);
    };
    const onFrame: OnFrame = (type, flags, stream, bytes, start, end) => {
      if (type === frameType.headers || type === frameType.data) {
        if (flags & flag.endStream) reply(stream);
        if (type === frameType.data) received += end - start;
        if (received > windowBytes / 2) {
          batch.add(encodeWindowUpdate(0, received));
          received = 0;
        }
      } else if (type === frameType.settings && !(flags & flag.ack)) {
        batch.add(encodeFrame(frameType.settings, flag.ack, 0, Buffer.alloc(0)));
      } else if (type === frameType.ping && !(flags & flag.ack)) {
        batch.add(encodeFrame(frameType.ping, flag.ack, 0, bytes.subarray(start, end)));
      }
    };
    batch.add(encodeSettings([[setting.initialWindowSize, windowBytes]]));
    batch.add(encodeWindowUpdate(0, windowBytes - defaults.windowBytes));
    const read = createFrameReader(onFrame);
    let skip = preface.length;
    socket.on('data', (chunk: Buffer) => {
      const from = Math.min(skip, chunk.length);
      skip -= from;
      read(from ? chunk.subarray(from) : chunk, chunk.length - from);
    });
  };

const idleTurns = 2000;
let turnsLeft = 0;

/** Looks again at once, for as long as somebody calls: sleep and waking would be time. */
function keepAwake(): void {
  const wasAsleep = turnsLeft === 0;
  turnsLeft = idleTurns;
  if (wasAsleep) setImmediate(turn);
}

function turn(): void {
  turnsLeft -= 1;
  if (turnsLeft > 0) setImmediate(turn);
}

function listen(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    // The client has disconnected: nothing to report.
    socket.on('error', () => socket.destroy());
    socket.on('data', keepAwake);
    serve(socket);
  });
  return new Promise((resolve) =>
    // A server on a port has an address with one.
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
}

const [http, http2, grpc] = await Promise.all([
  listen(serveHttp1),
  listen(serveHttp2(http2Frames)),
  listen(serveHttp2(grpcFrames)),
]);
console.log(`ready ${JSON.stringify({ http, grpc, http2 })}`);
