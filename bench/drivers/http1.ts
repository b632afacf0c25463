import type { Socket } from 'node:net';
import {
  type Driver,
  type DriverOptions,
  type HttpRequest,
  numbered,
  requestsOf,
} from './driver.ts';
import { createHeldBytes } from './held-bytes.ts';
import { type Http1Answer, readHttp1Answer } from './http1/answer.ts';
import { createMarker } from './marker.ts';
import { callsBy, closed, type Pending, settle } from './pending.ts';
import { openSocket } from './socket.ts';

/** The request in bytes, with the fields of the connection as undici sends them. */
function encode({ host, port }: DriverOptions<HttpRequest>, request: HttpRequest): Buffer {
  const { method, path, headers, body } = request;
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}:${port}`,
    'connection: keep-alive',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body.length > 0 ? [`content-length: ${body.length}`] : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]);
}

/** One connection and the one call on it. It is opened again after a loss. */
interface KeptConnection {
  /** Sends the request for this call. */
  send(call: Pending): void;
  open(): Promise<void>;
  /** Gives the connection up if its call was sent before this time. */
  giveUpBefore(ms: number): void;
  close(): void;
}

type KeptConnectionOptions = DriverOptions<HttpRequest> & {
  /** Gives a request that no other connection uses, with a fresh marker. */
  readonly createRequest: () => (which: number) => Buffer;
  /** The call has ended and the connection is free. */
  readonly onFree: (connection: KeptConnection) => void;
};

/** Cuts answers out of what comes on one connection. @returns what to call with new bytes */
function createReader(toHead: boolean, onAnswer: (answer: Http1Answer) => void) {
  const held = createHeldBytes();
  let needed = 0;
  return (fresh: Buffer, length: number): void => {
    const isHeld = held.length > 0;
    const bytes = isHeld ? held.add(fresh, 0, length) : fresh;
    const end = isHeld ? held.length : length;
    let start = 0;
    while (start < end && end - start >= needed) {
      const answer = readHttp1Answer(bytes, start, end, toHead);
      if (typeof answer !== 'object') {
        needed = answer ?? 0;
        break;
      }
      needed = 0;
      start = answer.end;
      onAnswer(answer);
    }
    if (isHeld) held.drop(start);
    else if (start < end) {
      held.expect(needed);
      held.add(fresh, start, end);
    }
  };
}

function createKeptConnection(options: KeptConnectionOptions): KeptConnection {
  const { request, check, createRequest, onFree } = options;
  const nextRequest = createRequest();
  let socket: Socket | undefined;
  let pending: Pending | undefined;
  let sentMs = 0;
  /** Why the connection was given up while no call was in flight. */
  let unheard: Error | undefined;
  let isClosed = false;

  const end = (reason: Error) => {
    socket?.destroy();
    socket = undefined;
    const call = pending;
    if (!call) return;
    pending = undefined;
    call.reject(reason);
    onFree(connection);
  };
  const onAnswer = ({ status, body, isLast }: Http1Answer) => {
    const call = pending;
    if (!call) throw new Error(`Expected no response without a request, got status ${status}.`);
    pending = undefined;
    settle(call, check, status, body);
    if (isLast) end(new Error('Expected nothing more from a server that ends the connection.'));
    onFree(connection);
  };
  const open = async () => {
    const read = createReader(request.method === 'HEAD', onAnswer);
    const opened: Socket = await openSocket(options, 'http/1.1', {
      onBytes(bytes, length) {
        try {
          read(bytes, length);
        } catch (thrown) {
          // Only errors of this file and the answer's are thrown.
          const reason = thrown as Error;
          if (!pending) unheard = reason;
          end(reason);
        }
      },
      onLost: (reason) => socket === opened && end(reason),
    });
    if (isClosed) {
      opened.destroy();
      throw closed();
    }
    socket = opened;
  };
  const sendAfterOpening = async (call: Pending) => {
    try {
      await open();
      connection.send(call);
    } catch (thrown) {
      call.reject(thrown as Error);
      onFree(connection);
    }
  };
  const connection: KeptConnection = {
    open,
    send(call) {
      if (unheard) {
        call.reject(unheard);
        unheard = undefined;
        onFree(connection);
      } else if (socket) {
        pending = call;
        sentMs = performance.now();
        socket.write(nextRequest(call.which));
      } else void sendAfterOpening(call);
    },
    giveUpBefore(ms) {
      if (pending && sentMs < ms) end(new Error('Expected a response in time, got none.'));
    },
    close() {
      isClosed = true;
      end(closed());
    },
  };
  return connection;
}

/** Gives each connection its own requests, which are not in use before their call has ended. */
function createRequests(options: DriverOptions<HttpRequest>): () => (which: number) => Buffer {
  const marker = createMarker(options.marker);
  const requests = requestsOf(options).map((request) => {
    const encoded = encode(options, request);
    return { encoded, places: marker.placesIn(encoded) };
  });
  return () => {
    const own: Buffer[] = [];
    return (which) => {
      const { encoded, places } = numbered(requests, which);
      if (places.length === 0) return encoded;
      const mine = own[which] ?? Buffer.from(encoded);
      own[which] = mine;
      marker.renew();
      marker.write(mine, places);
      return mine;
    };
  };
}

/**
 * A lean client of HTTP/1.1 (RFC 9112): one request at a time on each connection, one write for
 * each request. Calls that find no free connection wait in turn; the wait belongs to the call.
 * @throws Error if a connection cannot be had
 */
export async function openLeanHttp1(options: DriverOptions<HttpRequest>): Promise<Driver> {
  const waiting: Pending[] = [];
  const free: KeptConnection[] = [];
  let isClosed = false;
  const onFree = (connection: KeptConnection) => {
    const next = waiting.shift();
    if (next) connection.send(next);
    else free.push(connection);
  };
  const createRequest = createRequests(options);
  const pool = Array.from({ length: options.connections }, () =>
    createKeptConnection({ ...options, createRequest, onFree }),
  );
  const { timeoutMs } = options;
  const giveUp = (ms: number) => {
    const before = performance.now() - ms;
    for (const connection of pool) connection.giveUpBefore(before);
  };
  const sweeps = timeoutMs && setInterval(giveUp, timeoutMs / 4, timeoutMs).unref();
  const close = async () => {
    isClosed = true;
    clearInterval(sweeps);
    for (const call of waiting.splice(0)) call.reject(closed());
    for (const connection of pool) connection.close();
  };
  const opened = await Promise.allSettled(pool.map((connection) => connection.open()));
  const failed = opened.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  free.push(...pool);
  const start = (call: Pending) => {
    if (isClosed) return call.reject(closed());
    const connection = free.shift();
    if (connection) connection.send(call);
    else waiting.push(call);
  };
  return { ...callsBy(start), close };
}
