import type { Socket } from 'node:net';
import type { DriverOptions, HttpRequest } from './driver.ts';
import { findStatus } from './hpack.ts';
import {
  createFrameReader,
  defaults,
  encodeFrame,
  encodeSettings,
  encodeWindowUpdate,
  flag,
  frameHeaderBytes,
  frameType,
  preface,
  setting,
  writeFrameHeader,
} from './http2-frames.ts';
import { bodyIn, type EncodedRequest, encodeRequests, writeStream } from './http2-request.ts';
import type { Marker } from './marker.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { type Pending, settle } from './pending.ts';
import { openSocket } from './socket.ts';
import type { Session, SessionEvents } from './spread.ts';

export type Http2Options = DriverOptions<HttpRequest> & {
  /** The status of an answer is that of its trailers. */
  readonly grpc: boolean;
  /** The last stream of a connection; 2³¹ − 1 where absent. */
  readonly lastStream?: number;
};

interface Stream {
  readonly id: number;
  readonly call: Pending;
  status: number;
  /** What has come of the body, `length` bytes of `body`. */
  body: Buffer;
  length: number;
  /** Bytes since the server's window was last opened. */
  unacknowledged: number;
  /** What may be sent; with `unsent` for bodies that do not leave at once. */
  window: number;
  unsent: Buffer;
}

const none = Buffer.alloc(0);
/** What the server may send unasked, on a connection and on a stream: enough for it never to wait. */
const windowBytes = 16 * 2 ** 20;
const lastStreamOfAll = 2 ** 31 - 1;
const acknowledgement = encodeFrame(frameType.settings, flag.ack, 0, none);

/**
 * Servers encode their headers without a table where the client has room for none. So nothing has
 * to be remembered of fields that nobody looks at. nginx asks its gRPC servers for the same.
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

/** What the server has set. */
interface PeerSettings {
  tableBytes: number;
  maxStreams: number;
  windowBytes: number;
}

/** Bodies that are too long to leave with their headers, within the windows of the server. */
function createSender(outbox: () => Outbox) {
  const streams = new Set<Stream>();
  let window: number = defaults.windowBytes;
  const sendSome = (stream: Stream) => {
    const most = Math.min(window, stream.window, defaults.maxFrameBytes);
    if (most <= 0) return false;
    const part = stream.unsent.subarray(0, most);
    stream.unsent = stream.unsent.subarray(part.length);
    const isLast = stream.unsent.length === 0;
    const { bytes, at } = outbox().reserve(frameHeaderBytes);
    const flags = isLast ? flag.endStream : 0;
    writeFrameHeader(bytes, at, part.length, frameType.data, flags, stream.id);
    outbox().add(part);
    window -= part.length;
    stream.window -= part.length;
    if (isLast) streams.delete(stream);
    return !isLast;
  };
  const sendAll = () => {
    for (const stream of streams) while (sendSome(stream));
  };
  return {
    /** @returns whether a body of this length may leave at once, which then counts as sent */
    takes(length: number, streamWindow: number): boolean {
      if (length > Math.min(defaults.maxFrameBytes, window, streamWindow)) return false;
      window -= length;
      return true;
    },
    add(stream: Stream) {
      streams.add(stream);
      sendAll();
    },
    widen(increment: number) {
      window += increment;
      sendAll();
    },
    sendAll,
    delete: (stream: Stream) => streams.delete(stream),
  };
}

/** Takes in DATA: gathers bodies, and opens the windows of the server again. */
function createReceiver(outbox: () => Outbox) {
  let unacknowledged = 0;
  return {
    /** @param length of the whole frame, which is what counts against the window (§6.9.1) */
    count(length: number, stream: Stream | undefined): void {
      unacknowledged += length;
      if (unacknowledged > windowBytes / 2) {
        outbox().add(encodeWindowUpdate(0, unacknowledged));
        unacknowledged = 0;
      }
      if (!stream) return;
      stream.unacknowledged += length;
      if (stream.unacknowledged > windowBytes / 2) {
        outbox().add(encodeWindowUpdate(stream.id, stream.unacknowledged));
        stream.unacknowledged = 0;
      }
    },
    gather(stream: Stream, bytes: Buffer, start: number, end: number): void {
      const length = stream.length + end - start;
      if (length > stream.body.length) {
        const bigger = Buffer.allocUnsafe(Math.max(length, 2 * stream.body.length));
        stream.body.copy(bigger, 0, 0, stream.length);
        stream.body = bigger;
      }
      bytes.copy(stream.body, stream.length, start, end);
      stream.length = length;
    },
  };
}

type Requests = ReturnType<typeof encodeRequests>;

/** A connection that is open. `onSettings` is called when the server has sent its first. */
function createSession(
  options: Http2Options,
  marker: Marker,
  { onRoom, onOver }: SessionEvents,
  socketOf: () => Socket,
  outbox: () => Outbox,
  onSettings: () => void,
) {
  const { grpc, check, lastStream = lastStreamOfAll } = options;
  const streams = new Map<number, Stream>();
  const sender = createSender(outbox);
  const receiver = createReceiver(outbox);
  const peer: PeerSettings = {
    tableBytes: defaults.tableBytes,
    maxStreams: Number.POSITIVE_INFINITY,
    windowBytes: defaults.windowBytes,
  };
  let requests: Requests | undefined;
  let nextRequest: EncodedRequest | undefined;
  let nextId = 1;
  let isUsable = true;
  /** Of a header block that goes on in CONTINUATION: what has come, and the flags it began with. */
  let block: { readonly parts: Buffer[]; readonly flags: number } | undefined;

  const remove = (stream: Stream) => {
    streams.delete(stream.id);
    sender.delete(stream);
  };
  const afterwards = () => {
    if (!isUsable && streams.size === 0) socketOf().destroy();
    onRoom();
  };
  const end = (reason: Error) => {
    isUsable = false;
    socketOf().destroy();
    onOver(session);
    const calls = [...streams.values()].map(({ call }) => call);
    streams.clear();
    for (const call of calls) call.reject(reason);
    onRoom();
  };
  const finish = (stream: Stream, body: Buffer) => {
    // The server knows enough without the rest of the request (§8.1).
    if (stream.unsent.length > 0) {
      outbox().add(encodeFrame(frameType.rstStream, 0, stream.id, Buffer.alloc(4)));
    }
    remove(stream);
    settle(stream.call, check, stream.status, body);
    afterwards();
  };
  const refuse = (stream: Stream, got: string) => {
    remove(stream);
    stream.call.reject(new Error(`Expected an answer, got ${got}.`));
  };

  const onHeaders = (id: number, flags: number, bytes: Buffer, start: number, last: number) => {
    const stream = streams.get(id);
    const isEnd = (flags & flag.endStream) !== 0;
    if (!stream) {
      if (id >= nextId) throw new Error(`Expected no answer without a request, got stream ${id}.`);
      return;
    }
    // gRPC's status is in the last block, HTTP's in the first that is not interim.
    if (grpc) {
      if (isEnd) stream.status = findStatus(bytes, start, last, 'grpc-status');
    } else if (stream.status < 200) {
      stream.status = findStatus(bytes, start, last, ':status');
    }
    if (isEnd) finish(stream, stream.body.subarray(0, stream.length));
  };
  const onSetting = (name: number, value: number) => {
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
  };
  const encode = () => {
    const scheme = options.ca ? 'https' : 'http';
    const authority = `${options.host}:${options.port}`;
    const to = { scheme, authority, tableBytes: peer.tableBytes };
    requests = encodeRequests(options.request, to, marker, options.marker);
    nextRequest = requests.first;
  };

  /** What to do with the payload of a frame of each type; others are passed over (§4.1). */
  const takers: Readonly<Record<number, (payload: Payload) => void>> = {
    [frameType.data]({ flags, id, bytes, start, end: last, length }) {
      const stream = streams.get(id);
      const isEnd = (flags & flag.endStream) !== 0;
      receiver.count(length, isEnd ? undefined : stream);
      if (!stream) return;
      if (isEnd && stream.length === 0) return finish(stream, bytes.subarray(start, last));
      receiver.gather(stream, bytes, start, last);
      if (isEnd) finish(stream, stream.body.subarray(0, stream.length));
    },
    [frameType.headers]({ flags, id, bytes, start, end: last }) {
      if (flags & flag.endHeaders) return onHeaders(id, flags, bytes, start, last);
      block = { parts: [Buffer.from(bytes.subarray(start, last))], flags };
    },
    [frameType.continuation]({ flags, id, bytes, start, end: last }) {
      if (!block) throw new Error('Expected headers before their continuation, got none.');
      block.parts.push(Buffer.from(bytes.subarray(start, last)));
      if (!(flags & flag.endHeaders)) return;
      const whole = Buffer.concat(block.parts);
      const firstFlags = block.flags;
      block = undefined;
      onHeaders(id, firstFlags, whole, 0, whole.length);
    },
    [frameType.settings]({ flags, bytes, start, end: last }) {
      if (flags & flag.ack) return;
      for (let at = start; at + 6 <= last; at += 6) {
        onSetting(bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2));
      }
      outbox().add(acknowledgement);
      if (requests) sender.sendAll();
      else {
        encode();
        onSettings();
      }
      onRoom();
    },
    [frameType.windowUpdate]({ id, bytes, start }) {
      const increment = bytes.readUInt32BE(start) & 0x7fffffff;
      if (id === 0) return sender.widen(increment);
      const stream = streams.get(id);
      if (!stream) return;
      stream.window += increment;
      sender.sendAll();
    },
    [frameType.ping]({ flags, bytes, start, end: last }) {
      if (flags & flag.ack) return;
      outbox().add(encodeFrame(frameType.ping, flag.ack, 0, bytes.subarray(start, last)));
    },
    [frameType.rstStream]({ id, bytes, start }) {
      const stream = streams.get(id);
      if (!stream) return;
      refuse(stream, `RST_STREAM with error ${bytes.readUInt32BE(start)}`);
      afterwards();
    },
    [frameType.goaway]({ bytes, start }) {
      const lastTaken = bytes.readUInt32BE(start) & 0x7fffffff;
      const error = bytes.readUInt32BE(start + 4);
      isUsable = false;
      for (const stream of [...streams.values()]) {
        if (stream.id > lastTaken) refuse(stream, `GOAWAY with error ${error}`);
      }
      afterwards();
    },
  };

  const session: Session = {
    isUsable: () => isUsable,
    hasRoom: () => isUsable && streams.size < peer.maxStreams,
    send(call) {
      const request = nextRequest;
      if (!request || !requests) throw new Error('Expected settings before a request, got none.');
      nextRequest = requests.later;
      const id = nextId;
      nextId += 2;
      if (nextId > lastStream) isUsable = false;
      const stream: Stream = {
        id,
        call,
        status: grpc ? -1 : 0,
        body: none,
        length: 0,
        unacknowledged: 0,
        window: peer.windowBytes,
        unsent: none,
      };
      streams.set(id, stream);
      marker.renew();
      if (sender.takes(options.request.body.length, peer.windowBytes)) {
        const { bytes, at } = outbox().reserve(request.bytes.length);
        bytes.set(request.bytes, at);
        writeStream(bytes, at, request, id);
        marker.write(bytes, request.places, at);
        return;
      }
      const own = Buffer.from(request.bytes);
      writeStream(own, 0, request, id);
      marker.write(own, request.places);
      outbox().add(own.subarray(0, request.dataStart));
      stream.unsent = bodyIn(own, request);
      sender.add(stream);
    },
    close: end,
  };
  const read = createFrameReader((type, flags, id, bytes, start, last) => {
    const take = takers[type];
    if (!take) return;
    const length = last - start;
    let from = start;
    let to = last;
    if (type === frameType.data || type === frameType.headers) {
      if (flags & flag.padded) {
        to -= bytes[from] ?? 0;
        from += 1;
      }
      if (type === frameType.headers && flags & flag.priority) from += 5;
    }
    take({ flags, id, bytes, start: from, end: to, length });
  });
  return { session, read, end };
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

/**
 * Opens a connection and resolves when the server has sent its settings.
 * @throws Error where the connection cannot be had, or is lost before that
 */
export function openHttp2Session(
  options: Http2Options,
  marker: Marker,
  events: SessionEvents,
): Promise<Session> {
  return new Promise((resolve, reject) => {
    let outbox: Outbox | undefined;
    let socket: Socket | undefined;
    const opened = <Value>(value: Value | undefined): Value => {
      if (value === undefined) throw new Error('Expected an open connection.');
      return value;
    };
    const { session, read, end } = createSession(
      options,
      marker,
      events,
      () => opened(socket),
      () => opened(outbox),
      () => resolve(session),
    );
    openSocket(options, 'h2', {
      onOpen(open) {
        socket = open;
        outbox = createOutbox(open);
        outbox.add(greeting);
      },
      onBytes(bytes, length) {
        try {
          read(bytes, length);
        } catch (thrown) {
          reject(thrown as Error);
          end(thrown as Error);
        }
      },
      onLost(reason) {
        reject(reason);
        end(reason);
      },
    }).catch(reject);
  });
}
