import type { IncomingMessage } from 'node:http';
import { MessageType, parseMessage, type Server, stringifyMessage } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { type ErrorCode, PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Core, Session } from '../core/invoke.ts';
import { bearerToken } from '../wire/bearer.ts';
import { closeCode, closeReason, restarting, tooSlow } from '../wire/close-codes.ts';
import { createReading, defaultFreeFrames, type Reading } from '../wire/reading.ts';
import { parseJson } from '../wire/strict-json.ts';
import { callerOfOperation, callerOnConnection, type GraphqlCaller } from './caller.ts';
import {
  createSocketOperations,
  type SocketOperation,
  type SocketOperations,
} from './socket-operations.ts';

/** Bounds of one connection: what it may cost the others. Tests bring smaller ones. */
export const defaultSocketLimits = {
  /** A peer that says nothing for so long holds a socket and no right to it. */
  initMs: 5000,
  ...defaultFreeFrames,
  /** Operations at once; each subscription may keep a thousand events for a slow reader. */
  operations: 32,
  /** Answers that the peer does not take: past it the connection is closed. */
  bufferedBytes: 4 * 1024 * 1024,
  /** Below the idle timeouts of common proxies (60 s for nginx and AWS load balancers). */
  pingMs: 20_000,
  /** How often subscriptions say how far they have come. */
  heartbeatMs: 15_000,
  /** How long operations that run may go on when the server wants to stop. */
  drainMs: 10_000,
  /** How long the peer may take to read up to the close and answer it, to learn why. */
  closeMs: 30_000,
  /** The same when the server stops. */
  stopMs: 1000,
} as const;

export type SocketLimits = { readonly [Name in keyof typeof defaultSocketLimits]: number };

/** One connection, as the room sees it. */
export interface SocketConnection {
  readonly operations: SocketOperations;
  /** Begins the observation of an operation; returns its caller. */
  begin(operation: SocketOperation): GraphqlCaller;
  /** Whether the key of this `connection_init` is good; the connection is closed otherwise. */
  authenticate(connectionParams: ConnectionParams | undefined): Promise<boolean>;
  ping(payload: Readonly<Record<string, unknown>>): void;
  /** Ends the streams, lets what else runs end, then closes with 1012. */
  restart(): void;
}

export type ConnectionParams = Record<string, unknown>;
export type ProtocolServer = Server<SocketConnection>;

type Message = ReturnType<typeof parseMessage>;

/** The close codes that graphql-ws chooses itself; all others are a message that is not valid. */
const codeOfClose: Readonly<Record<number, ErrorCode>> = {
  [closeCode.unauthenticated]: 'unauthenticated',
  [closeCode.timeout]: 'timeout',
};

/** What clients send; the protocol's other messages are the server's. */
const ofClients: ReadonlySet<string> = new Set([
  MessageType.ConnectionInit,
  MessageType.Ping,
  MessageType.Pong,
  MessageType.Subscribe,
  MessageType.Complete,
]);

/** Serves a connection until it is closed. `server` knows the protocol, this the rest. */
export function serveSocket(
  core: Core,
  server: ProtocolServer,
  socket: WebSocket,
  request: IncomingMessage,
  address: string | undefined,
  limits: SocketLimits,
): SocketConnection {
  const operations = createSocketOperations();
  let session: Session | undefined;
  let unlisten = () => {};
  const caller = () => callerOnConnection(session, request, address);
  const ending = createEnding(core, socket, operations, caller, limits);
  const { close } = ending;
  const onRevoked = () => close(closeCode.unauthenticated, 'The API key was revoked.');

  /** Whether the peer takes what it is sent; it is closed where it is too far behind. */
  function takes(): boolean {
    if (ending.closing) return false;
    if (socket.bufferedAmount <= limits.bufferedBytes) return true;
    close(tooSlow, 'Too slow: connect again and resume after the last event.');
    return false;
  }

  function send(message: string): Promise<void> {
    const addressed = operations.addressed(message);
    if (addressed === undefined || !takes()) return Promise.resolve();
    // Resolves when the kernel has taken the message: a stream waits for its reader here.
    return new Promise((resolve) => socket.send(addressed, () => resolve()));
  }

  const connection: SocketConnection = {
    operations,
    begin(operation) {
      const sender = callerOfOperation(core, caller(), operation);
      operation.observation = sender.observation;
      return sender;
    },
    async authenticate(params) {
      try {
        const credential = credentialIn(request, params);
        session = await core.authenticate({ ...caller(), credential });
      } catch (thrown) {
        const error = toPaymentsError(thrown);
        close(closeCode[error.code], error.message);
        return false;
      }
      // Of a connection that has closed meanwhile nothing is kept at its key.
      if (ending.closing) return false;
      unlisten = session.revocation.listen(onRevoked);
      return !ending.closing;
    },
    ping: (payload) => void send(stringifyMessage({ type: MessageType.Ping, payload })),
    restart: ending.restart,
  };
  const reading = createReading(socket, limits);
  const seen = protocolSocket(socket, reading, send, operations, ending);
  const closed = server.opened(seen, connection);
  const stopPings = keepAlive(socket, limits.pingMs);
  const heartbeat = setInterval(() => {
    const positions = operations.positions();
    if (Object.keys(positions).length > 0) connection.ping({ positions });
  }, limits.heartbeatMs);
  socket.on('ping', (data) => {
    if (takes()) socket.pong(data);
  });
  socket.on('error', ending.failedBelow);
  socket.on('close', (code, reason) => {
    ending.closed();
    stopPings();
    clearInterval(heartbeat);
    unlisten();
    closed(code, String(reason)).catch((thrown) => core.refuse(caller(), toPaymentsError(thrown)));
  });
  return connection;
}

type Ending = ReturnType<typeof createEnding>;

/** Every way in which a connection ends. */
function createEnding(
  core: Core,
  socket: WebSocket,
  operations: SocketOperations,
  callerOf: () => GraphqlCaller,
  { drainMs, stopMs }: SocketLimits,
) {
  let closing = false;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;

  function close(code: number, reason: string): void {
    if (closing) return;
    closing = true;
    operations.endAll();
    socket.close(code, closeReason(reason));
  }

  function report(error: PaymentsError): void {
    const caller = callerOf();
    const { session } = caller;
    // Nobody pays for what fails here.
    const free = session && error.code === 'internal' ? { ...session, prepaid: true } : session;
    void core.refuse({ ...caller, session: free }, error);
  }

  function stop(): void {
    clearTimeout(timer);
    close(restarting, 'The server restarts: connect again and resume.');
    timer = setTimeout(() => socket.terminate(), stopMs);
  }

  function stopWhenIdle(): void {
    if (stopping && (closing || operations.running === 0)) stop();
  }

  return {
    /** Nothing is read or sent any more. */
    get closing() {
      return closing;
    },
    /** Nothing new is begun any more. */
    get leaving() {
      return closing || stopping;
    },
    close,
    /** Closes for what the peer did, or what failed here; logs and counts it. */
    fail(error: PaymentsError, code = closeCode[error.code]): void {
      if (closing) return;
      report(error);
      close(code, error.message);
    },
    /** For what `ws` refuses, and closes for by itself: with 1002, 1007 or 1009. */
    failedBelow({ code, message }: Error & { readonly code?: unknown }): void {
      if (closing || typeof code !== 'string' || !code.startsWith('WS_ERR_')) return;
      closing = true;
      operations.endAll();
      const large = code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
      report(new PaymentsError(large ? 'payload_too_large' : 'validation_failed', message));
    },
    restart(): void {
      stopping = true;
      operations.endStreams();
      timer = setTimeout(stop, drainMs);
      stopWhenIdle();
    },
    stopWhenIdle,
    closed(): void {
      closing = true;
      operations.endAll();
      clearTimeout(timer);
    },
  };
}

/** The socket as graphql-ws sees it: every operation under a key of its own. */
function protocolSocket(
  socket: WebSocket,
  reading: Reading,
  send: (message: string) => Promise<void>,
  operations: SocketOperations,
  ending: Ending,
): Parameters<ProtocolServer['opened']>[0] {
  type Take = (message: string) => Promise<void>;
  const { fail, close } = ending;

  async function receive(text: string, take: Take): Promise<void> {
    const receivedMs = performance.now();
    // What fails in an operation ends the connection, and what comes after it still runs.
    const pass = (message: Message, operation?: SocketOperation) =>
      take(stringifyMessage(message)).catch((thrown) => {
        const error = toPaymentsError(thrown);
        const { observation } = operation ?? {};
        if (!observation || observation.ended) return fail(error);
        // Counted as the operation's failure, and not as the connection's besides.
        observation.end(error.code, error.cause);
        close(closeCode[error.code], error.message);
      });
    const message = messageIn(text);
    if (message instanceof PaymentsError) return fail(message);
    if (message.type === MessageType.Complete) {
      const key = operations.complete(message.id);
      return key === undefined ? reading.free() : pass({ ...message, id: key });
    }
    if (message.type !== MessageType.Subscribe) {
      reading.free();
      return pass(message);
    }
    const operation = operations.begin(message.id, receivedMs);
    if (!operation) {
      const error = `Subscriber for ${message.id} already exists`;
      return fail(new PaymentsError('validation_failed', error), 4409);
    }
    await pass({ ...message, id: operation.key }, operation);
    operation.observation?.end('ok');
    operations.finished(operation);
    ending.stopWhenIdle();
  }

  return {
    protocol: socket.protocol,
    send,
    close: (code = closeCode.internal, reason = '') =>
      fail(new PaymentsError(codeOfClose[code] ?? 'validation_failed', reason), code),
    onMessage(take) {
      socket.on('message', (data, isBinary) => {
        if (ending.leaving) return reading.free();
        if (!isBinary) {
          receive(String(data), take).catch((thrown) => fail(toPaymentsError(thrown)));
          return;
        }
        const message = 'Expected a text message, got a binary one.';
        fail(new PaymentsError('validation_failed', message));
      });
    },
  };
}

/** Pings the peer, and cuts it off where it has not answered by the next one. */
function keepAlive(socket: WebSocket, pingMs: number): () => void {
  let alive = true;
  const pulse = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, pingMs);
  socket.on('pong', () => {
    alive = true;
  });
  return () => clearInterval(pulse);
}

function messageIn(text: string): Message | PaymentsError {
  try {
    const message = parseMessage(parseJson(text));
    if (ofClients.has(message.type)) return message;
    return new PaymentsError(
      'validation_failed',
      `Expected a message of the client, got ${message.type}.`,
    );
  } catch (thrown) {
    // What graphql-ws expected of the message is in its error.
    const { message } = thrown as Error;
    return new PaymentsError('validation_failed', message);
  }
}

function credentialIn(
  { headers }: IncomingMessage,
  params: ConnectionParams | undefined,
): string | undefined {
  const authorization = headers.authorization ?? params?.authorization ?? params?.Authorization;
  return typeof authorization === 'string' ? bearerToken(authorization) : undefined;
}
