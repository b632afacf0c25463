import type { Socket } from 'node:net';
import { type DriverOptions, type HttpRequest, numbered, requestsOf } from '../driver.ts';
import type { Marker } from '../marker.ts';
import { type Pending, settle } from '../pending.ts';
import { openSocket } from '../socket.ts';
import type { SharedConnection, SharedConnectionEvents } from '../spread.ts';
import { createWriteBatch, type WriteBatch } from '../write-batch.ts';
import { createReceiver, createSender, type Stream, windowBytes } from './flow.ts';
import {
  createFrameReader,
  defaults,
  encodeFrame,
  encodeSettings,
  encodeWindowUpdate,
  flag,
  frameType,
  preface,
  setting,
} from './frames.ts';
import { findStatus } from './hpack.ts';
import { bodyIn, encodeRequests, writeStream } from './request.ts';

type Http2Options = DriverOptions<HttpRequest> & {
  /** The status of an answer is that of its trailers. */
  readonly grpc: boolean;
  /** The last stream of a connection; defaults to 2³¹ − 1. */
  readonly lastStream?: number;
};

const none = Buffer.alloc(0);
const firstId = 1;
const lastStreamOfAll = 2 ** 31 - 1;
const acknowledgement = encodeFrame(frameType.settings, flag.ack, 0, none);

/**
 * Servers encode their headers without a table if the client allows no room for one. So the client
 * keeps no state for fields that it does not read. nginx asks its gRPC servers for the same.
 */
const greeting = Buffer.concat([
  preface,
  encodeSettings([
    [setting.headerTableSize, 0],
    [setting.enablePush, 0],
    [setting.initialWindowSize, windowBytes],
  ]),
  encodeWindowUpdate(0, windowBytes - defaults.windowBytes),
]);

/** What is known of a connection. */
interface Http2Connection {
  readonly options: Http2Options;
  readonly marker: Marker;
  readonly events: SharedConnectionEvents;
  readonly socket: Socket;
  readonly batch: WriteBatch;
  readonly streams: Map<number, Stream>;
  readonly sender: ReturnType<typeof createSender>;
  readonly receiver: ReturnType<typeof createReceiver>;
  /** What the server has set. */
  readonly peer: { tableBytes: number; maxStreams: number; windowBytes: number };
  /** Encoded when the first settings have come. */
  requests: ReturnType<typeof encodeRequests> | undefined;
  nextId: number;
  isUsable: boolean;
  /** Of a header block that goes on in CONTINUATION: what has come, and the flags it began with. */
  block: { readonly parts: Buffer[]; readonly flags: number } | undefined;
  /** The server has sent its first settings. */
  readonly onReady: () => void;
}

function createConnection(
  given: Pick<Http2Connection, 'options' | 'marker' | 'events' | 'socket' | 'onReady'>,
): Http2Connection {
  const batch = createWriteBatch(given.socket);
  batch.add(greeting);
  return {
    ...given,
    batch,
    streams: new Map(),
    sender: createSender(batch),
    receiver: createReceiver(batch),
    peer: {
      tableBytes: defaults.tableBytes,
      maxStreams: Number.POSITIVE_INFINITY,
      windowBytes: defaults.windowBytes,
    },
    requests: undefined,
    nextId: firstId,
    isUsable: true,
    block: undefined,
  };
}

function afterwards({ isUsable, streams, socket, events }: Http2Connection): void {
  if (!isUsable && streams.size === 0) socket.destroy();
  events.onRoom();
}

function remove({ streams, sender }: Http2Connection, stream: Stream): void {
  streams.delete(stream.id);
  sender.delete(stream);
}

function finish(connection: Http2Connection, stream: Stream, body: Buffer): void {
  // The server knows enough without the rest of the request (§8.1).
  if (stream.unsent.length > 0) {
    connection.batch.add(encodeFrame(frameType.rstStream, 0, stream.id, Buffer.alloc(4)));
  }
  remove(connection, stream);
  settle(stream.call, connection.options.check, stream.status, body);
  afterwards(connection);
}

function refuse(connection: Http2Connection, stream: Stream, got: string): void {
  remove(connection, stream);
  stream.call.reject(new Error(`Expected a response, got ${got}.`));
}

/** The payload of a frame without its padding, and the length that it had with it. */
interface Payload {
  readonly flags: number;
  readonly id: number;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly length: number;
}

type HeaderBlock = Pick<Payload, 'flags' | 'id' | 'bytes' | 'start' | 'end'>;

function onHeaderBlock(connection: Http2Connection, { flags, id, bytes, start, end }: HeaderBlock) {
  const stream = connection.streams.get(id);
  if (!stream) {
    if (id < connection.nextId) return;
    throw new Error(`Expected no response without a request, got stream ${id}.`);
  }
  const isEnd = (flags & flag.endStream) !== 0;
  // gRPC's status is in the last block, HTTP's in the first that is not interim.
  if (connection.options.grpc) {
    if (isEnd) stream.status = findStatus(bytes, start, end, 'grpc-status');
  } else if (stream.status < 200) {
    stream.status = findStatus(bytes, start, end, ':status');
  }
  if (isEnd) finish(connection, stream, stream.body.subarray(0, stream.length));
}

function onSetting(
  { peer, requests, streams }: Http2Connection,
  name: number,
  value: number,
): void {
  if (name === setting.maxConcurrentStreams) peer.maxStreams = value;
  else if (name === setting.headerTableSize) {
    if (requests && value < peer.tableBytes) {
      throw new Error(`Expected a header table that stays, got one of ${value} bytes.`);
    }
    peer.tableBytes = value;
  } else if (name === setting.initialWindowSize) {
    for (const stream of streams.values()) stream.window += value - peer.windowBytes;
    peer.windowBytes = value;
  }
}

function encode(connection: Http2Connection): void {
  const { options, marker, peer } = connection;
  const scheme = options.ca ? 'https' : 'http';
  const authority = `${options.host}:${options.port}`;
  const to = { scheme, authority, tableBytes: peer.tableBytes };
  connection.requests = encodeRequests(requestsOf(options), to, marker, options.marker);
}

/** What to do with the payload of a frame of each type; others are passed over (§4.1). */
const takers: Readonly<Record<number, (connection: Http2Connection, payload: Payload) => void>> = {
  [frameType.data](connection, { flags, id, bytes, start, end, length }) {
    const { receiver, streams } = connection;
    const stream = streams.get(id);
    const isEnd = (flags & flag.endStream) !== 0;
    receiver.count(length, isEnd ? undefined : stream);
    if (!stream) return;
    if (isEnd && stream.length === 0) {
      return finish(connection, stream, bytes.subarray(start, end));
    }
    receiver.collect(stream, bytes, start, end);
    if (isEnd) finish(connection, stream, stream.body.subarray(0, stream.length));
  },
  [frameType.headers](connection, payload) {
    const { flags, bytes, start, end } = payload;
    if (flags & flag.endHeaders) return onHeaderBlock(connection, payload);
    connection.block = { parts: [Buffer.from(bytes.subarray(start, end))], flags };
  },
  [frameType.continuation](connection, { flags, id, bytes, start, end }) {
    const { block } = connection;
    if (!block) throw new Error('Expected headers before their continuation, got none.');
    block.parts.push(Buffer.from(bytes.subarray(start, end)));
    if (!(flags & flag.endHeaders)) return;
    connection.block = undefined;
    const whole = Buffer.concat(block.parts);
    onHeaderBlock(connection, {
      flags: block.flags,
      id,
      bytes: whole,
      start: 0,
      end: whole.length,
    });
  },
  [frameType.settings](connection, { flags, bytes, start, end }) {
    if (flags & flag.ack) return;
    for (let at = start; at + 6 <= end; at += 6) {
      onSetting(connection, bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2));
    }
    connection.batch.add(acknowledgement);
    if (connection.requests) connection.sender.sendAll();
    else {
      encode(connection);
      connection.onReady();
    }
    connection.events.onRoom();
  },
  [frameType.windowUpdate]({ sender, streams }, { id, bytes, start }) {
    const increment = bytes.readUInt32BE(start) & 0x7fffffff;
    if (id === 0) return sender.widen(increment);
    const stream = streams.get(id);
    if (!stream) return;
    stream.window += increment;
    sender.sendAll();
  },
  [frameType.ping]({ batch }, { flags, bytes, start, end }) {
    if (flags & flag.ack) return;
    batch.add(encodeFrame(frameType.ping, flag.ack, 0, bytes.subarray(start, end)));
  },
  [frameType.rstStream](connection, { id, bytes, start }) {
    const stream = connection.streams.get(id);
    if (!stream) return;
    refuse(connection, stream, `RST_STREAM with error ${bytes.readUInt32BE(start)}`);
    afterwards(connection);
  },
  [frameType.goaway](connection, { bytes, start }) {
    const lastTaken = bytes.readUInt32BE(start) & 0x7fffffff;
    const error = bytes.readUInt32BE(start + 4);
    connection.isUsable = false;
    for (const stream of [...connection.streams.values()]) {
      if (stream.id > lastTaken) refuse(connection, stream, `GOAWAY with error ${error}`);
    }
    afterwards(connection);
  },
};

function send(connection: Http2Connection, call: Pending): void {
  const { options, marker, batch, sender, peer, requests } = connection;
  if (!requests) throw new Error('Expected settings before a request, got none.');
  const { first, later } = numbered(requests, call.which);
  const id = connection.nextId;
  const request = id === firstId ? first : later;
  connection.nextId += 2;
  const { lastStream = lastStreamOfAll } = options;
  if (connection.nextId > lastStream) connection.isUsable = false;
  const stream: Stream = {
    id,
    call,
    status: options.grpc ? -1 : 0,
    body: none,
    length: 0,
    unacknowledged: 0,
    window: peer.windowBytes,
    unsent: none,
  };
  connection.streams.set(id, stream);
  marker.renew();
  if (sender.takes(bodyIn(request.bytes, request).length, peer.windowBytes)) {
    const { bytes, at } = batch.reserve(request.bytes.length);
    bytes.set(request.bytes, at);
    writeStream(bytes, at, request, id);
    marker.write(bytes, request.places, at);
    return;
  }
  const own = Buffer.from(request.bytes);
  writeStream(own, 0, request, id);
  marker.write(own, request.places);
  batch.add(own.subarray(0, request.dataStart));
  stream.unsent = bodyIn(own, request);
  sender.add(stream);
}

/** @returns what to call with new bytes; it throws if they break the protocol */
const createReader = (connection: Http2Connection) =>
  createFrameReader((type, flags, id, bytes, start, end) => {
    const take = takers[type];
    if (!take) return;
    let from = start;
    let to = end;
    if (type === frameType.data || type === frameType.headers) {
      if (flags & flag.padded) {
        to -= bytes[from] ?? 0;
        from += 1;
      }
      if (type === frameType.headers && flags & flag.priority) from += 5;
    }
    take(connection, { flags, id, bytes, start: from, end: to, length: end - start });
  });

function createSession(connection: Http2Connection): SharedConnection {
  const { events, socket, streams, peer } = connection;
  const session: SharedConnection = {
    isUsable: () => connection.isUsable,
    hasRoom: () => connection.isUsable && streams.size < peer.maxStreams,
    send: (call) => send(connection, call),
    close(reason) {
      connection.isUsable = false;
      socket.destroy();
      events.onOver(session);
      const calls = [...streams.values()].map(({ call }) => call);
      streams.clear();
      for (const call of calls) call.reject(reason);
      events.onRoom();
    },
  };
  return session;
}

/**
 * Opens a connection and resolves when the server has sent its settings.
 * @throws Error if the connection cannot be had, or is lost before that
 */
export function openHttp2Session(
  options: Http2Options,
  marker: Marker,
  events: SharedConnectionEvents,
): Promise<SharedConnection> {
  return new Promise((resolve, reject) => {
    let session: SharedConnection | undefined;
    let read: ReturnType<typeof createReader> | undefined;
    const end = (reason: Error) => {
      reject(reason);
      session?.close(reason);
    };
    openSocket(options, 'h2', {
      onOpen(socket) {
        const onReady = () => resolve(opened);
        const connection = createConnection({ options, marker, events, socket, onReady });
        const opened = createSession(connection);
        session = opened;
        read = createReader(connection);
      },
      onBytes(bytes, length) {
        try {
          read?.(bytes, length);
        } catch (thrown) {
          // Only errors of these files are thrown.
          end(thrown as Error);
        }
      },
      onLost: end,
    }).catch(reject);
  });
}
