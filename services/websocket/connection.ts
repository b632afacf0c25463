import type { Duplex } from 'node:stream';
import { type PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Core, Session } from '../core/invoke.ts';
import { closeCode, closeReason, restarting, tooSlow } from '../wire/close-codes.ts';
import { createReading, type Reading } from '../wire/reading.ts';
import type { Peer } from './caller.ts';
import { createClosing } from './closing.ts';
import { type Commands, createCommands } from './commands.ts';
import { errorFrame } from './errors.ts';
import { type Received, readFrame } from './frames.ts';
import { createHello, type UpgradeRequest } from './hello.ts';
import type { Limits } from './limits.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { type StrictSocket, violationError } from './strict-socket.ts';

/** One connection, as the room sees it. */
export interface ClientConnection {
  /** Sends a ping, and positions that advanced; cuts off a peer that missed too many pings. */
  beat(): void;
  /** Lets running calls end, then closes with 1012. */
  restart(): void;
  cutOff(): void;
}

/** Serves a connection until it is closed. */
export function serveConnection(
  core: Core,
  ws: StrictSocket,
  socket: Duplex,
  upgrade: UpgradeRequest,
  limits: Limits,
): ClientConnection {
  const { requestId, address, traceparent } = upgrade;
  const lost = new AbortController();
  let peer: Peer | undefined;
  let unlisten = () => {};
  /** An error that ends the connection is being sent. */
  let failing = false;

  const isOver = () => closing.begun || failing;
  const reading = createReading(ws, limits);
  const outbox = createOutbox(ws, socket, reading, limits, () => {
    closing.now(tooSlow, 'Too slow: connect again and resume after the last sequence.');
  });
  const isIdle = () => commands.idle;
  const closing = createClosing({ ws, socket, limits, isIdle, onEnd });
  const onIdle = () => closing.idle();
  const commands = createCommands({ core, outbox, limits, requestId, fail, broke, onIdle });
  const hello = createHello(upgrade, { core, limits, fail, isOver, welcome, take });

  function onEnd(): void {
    hello.end();
    unlisten();
    commands.endSubscriptions();
    outbox.release();
    lost.abort();
  }

  /** Ends the connection because of an error: a frame has it in full, the close reason in short. */
  async function endFor(given: PaymentsError, code?: number): Promise<void> {
    failing = true;
    try {
      const caller = { ...upgrade, session: peer?.session, receipt: {} };
      const error = await core.refuse(caller, given);
      outbox.send(errorFrame(undefined, error, caller));
      closing.now(code ?? closeCode[error.code], closeReason(error.message));
    } catch {
      closing.now(closeCode.internal, `Internal error: ${requestId}`);
    }
  }

  function fail(error: PaymentsError, code?: number): void {
    if (!failing) void endFor(error, code);
  }

  /** An unexpected failure ends this connection, and nothing else. */
  function broke(thrown: unknown): void {
    fail(toPaymentsError(thrown));
  }

  const onRevoked = () => closing.whenIdle(closeCode.unauthenticated, 'The API key was revoked.');

  function welcome(session: Session): void {
    unlisten = session.revocation.listen(onRevoked);
    peer = { session, signal: lost.signal, traceparent, address };
    outbox.send(welcomeFrame(requestId, limits));
  }

  function take(received: Received, receivedMs: number): void {
    if (!peer) hello.take(received, receivedMs);
    else if (!isOver()) commands.take(peer, received, receivedMs);
  }

  listen(ws, { reading, outbox, isOver, take, fail, broke });
  const beat = createPulse(ws, outbox, commands, limits);
  return {
    beat,
    restart() {
      commands.beat();
      commands.endSubscriptions();
      closing.whenIdle(restarting, 'The server restarts: connect again and resume.');
    },
    cutOff: () => ws.terminate(),
  };
}

/** Handles what comes from the peer. */
interface Listener {
  readonly reading: Reading;
  readonly outbox: Outbox;
  isOver(): boolean;
  take(received: Received, receivedMs: number): void;
  fail(error: PaymentsError, code?: number): void;
  broke(thrown: unknown): void;
}

function listen(ws: StrictSocket, { reading, outbox, isOver, take, fail, broke }: Listener): void {
  ws.on('message', (data, isBinary) => {
    if (isOver()) return reading.free();
    const receivedMs = performance.now();
    try {
      // With the default binaryType a message is one Buffer.
      take(isBinary ? binary : readFrame((data as Buffer).toString()), receivedMs);
    } catch (thrown) {
      broke(thrown);
    }
  });
  ws.on('ping', (data) => outbox.pong(data));
  ws.on('error', (error) => {
    // Without a code the connection itself failed, and `close` comes next.
    if (ws.violation !== undefined) fail(violationError(ws.violation, error), ws.violation);
  });
}

/** Sends a ping and positions; cuts off a peer that missed too many pings. */
function createPulse(
  ws: StrictSocket,
  outbox: Outbox,
  commands: Commands,
  { missedPings }: Limits,
): () => void {
  let missed = 0;
  ws.on('pong', () => {
    missed = 0;
  });
  return () => {
    // Pongs are not read while the peer is behind; `stalledMs` decides then.
    if (outbox.full) return;
    if (missed >= missedPings) return ws.terminate();
    missed += 1;
    ws.ping();
    commands.beat();
  };
}

const binary: Received = { bad: 'Expected a text message, got a binary one.' };

const welcomeFrame = (requestId: string, limits: Limits): string =>
  JSON.stringify({
    type: 'welcome',
    request_id: requestId,
    limits: {
      message_bytes: limits.messageBytes,
      calls: limits.calls,
      subscriptions: limits.subscriptions,
      ping_ms: limits.pingMs,
    },
  });
