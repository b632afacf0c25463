import type { Duplex } from 'node:stream';
import { PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import { closeCode, closeReason, restarting, tooSlow } from '../wire/close-codes.ts';
import { createReading } from '../wire/reading.ts';
import type { Peer } from './caller.ts';
import { createCommands } from './commands.ts';
import { errorFrame } from './errors.ts';
import { type Received, readFrame } from './frames.ts';
import type { Limits } from './limits.ts';
import { createOutbox } from './outbox.ts';
import { type StrictSocket, violationError } from './strict-socket.ts';

/** One connection, as the room sees it. */
export interface Connection {
  /** Sends a ping, and positions that moved; cuts the peer off that left too many unanswered. */
  beat(): void;
  /** Lets the calls that run end, then closes with 1012. */
  restart(): void;
  cutOff(): void;
}

/** What the upgrade request told. */
export interface Upgrade {
  readonly requestId: string;
  readonly traceparent: string | undefined;
  /** IP address of the client. */
  readonly address: string | undefined;
  /** The `Authorization` header's token; undefined where there is no such header. */
  readonly hello: { readonly key: string | undefined } | undefined;
}

/** Serves a connection until it is closed. */
export function serveConnection(
  core: Core,
  ws: StrictSocket,
  socket: Duplex,
  upgrade: Upgrade,
  limits: Limits,
): Connection {
  const { requestId, address } = upgrade;
  const lost = new AbortController();
  const early: { readonly received: Received; readonly receivedMs: number }[] = [];
  let peer: Peer | undefined;
  let unlisten = () => {};
  let authenticating = false;
  let leaving: { readonly code: number; readonly reason: string } | undefined;
  /** An error that ends the connection is on its way. */
  let failing = false;
  let missedPings = 0;

  const reading = createReading(ws, limits);
  const outbox = createOutbox(ws, socket, reading, limits, () => {
    closeNow(tooSlow, 'Too slow: connect again and resume after the last sequence.');
  });
  const commands = createCommands({
    core,
    outbox,
    limits,
    requestId,
    fail,
    broke,
    onIdle: closeWhenIdle,
  });
  const helloTimer = timer(limits.helloMs, () => {
    fail(new PaymentsError('timeout', `Expected a hello within ${limits.helloMs} ms, got none.`));
  });
  let drainTimer: NodeJS.Timeout | undefined;

  function closeNow(code: number, reason: string): void {
    if (ws.readyState !== ws.OPEN) return;
    leaving = { code, reason };
    end();
    ws.close(code, reason);
    if (code === restarting) timer(limits.partingMs, partIfSent);
  }

  /** What the kernel has taken still reaches the peer. */
  function partIfSent(): void {
    if (socket.writableLength === 0) ws.terminate();
  }

  /** Ends the connection for an error, told in full by a frame and in short by the close. */
  async function endFor(error: PaymentsError, code?: number): Promise<void> {
    failing = true;
    try {
      const caller = { ...upgrade, session: peer?.session, receipt: {} };
      const told = await core.refuse(caller, error);
      outbox.send(errorFrame(undefined, told, caller));
      closeNow(code ?? closeCode[told.code], closeReason(told.message));
    } catch {
      closeNow(closeCode.internal, `Internal error: ${requestId}`);
    }
  }

  function fail(error: PaymentsError, code?: number): void {
    if (!failing) void endFor(error, code);
  }

  /** The last net: what nobody foresaw ends this connection, and nothing else. */
  function broke(thrown: unknown): void {
    fail(toPaymentsError(thrown));
  }

  /** Takes no more commands; closes when those that run have ended, or after a while. */
  function leave(code: number, reason: string): void {
    if (leaving) return;
    leaving = { code, reason };
    drainTimer = timer(limits.drainMs, () => closeNow(code, reason));
    closeWhenIdle();
  }

  function closeWhenIdle(): void {
    if (leaving && commands.idle) closeNow(leaving.code, leaving.reason);
  }

  const onRevoked = () => leave(closeCode.unauthenticated, 'The API key was revoked.');

  function end(): void {
    clearTimeout(helloTimer);
    clearTimeout(drainTimer);
    unlisten();
    commands.endSubscriptions();
    outbox.release();
    lost.abort();
  }

  async function hello(key: string | undefined): Promise<void> {
    clearTimeout(helloTimer);
    authenticating = true;
    try {
      const session = await core.authenticate({ ...upgrade, credential: key });
      if (leaving || failing) return;
      unlisten = session.revocation.listen(onRevoked);
      peer = { session, signal: lost.signal, traceparent: upgrade.traceparent, address };
      outbox.send(welcomeFrame(requestId, limits));
      for (const { received, receivedMs } of early.splice(0)) takeFrom(peer, received, receivedMs);
    } catch (thrown) {
      fail(toPaymentsError(thrown));
    }
  }

  function takeFrom(welcome: Peer, received: Received, receivedMs: number): void {
    if (!leaving && !failing) commands.take(welcome, received, receivedMs);
  }

  /** Takes a frame of a peer that is not welcome yet. */
  function takeEarly(received: Received, receivedMs: number): void {
    if (authenticating) {
      if (early.push({ received, receivedMs }) <= limits.earlyFrames) return;
      const message = `Expected at most ${limits.earlyFrames} frames before welcome, got more.`;
      fail(new PaymentsError('rate_limited', message));
    } else if ('bad' in received) {
      fail(new PaymentsError('validation_failed', received.bad));
    } else if ('frame' in received && received.frame.type === 'hello') {
      hello(received.frame.key).catch(broke);
    } else {
      fail(new PaymentsError('unauthenticated', 'Expected a hello first, got a command.'));
    }
  }

  ws.on('message', (data, isBinary) => {
    if (leaving || failing) return reading.free();
    const receivedMs = performance.now();
    try {
      // With the default binaryType a message is one Buffer.
      const received = isBinary ? binary : readFrame((data as Buffer).toString());
      if (peer) takeFrom(peer, received, receivedMs);
      else takeEarly(received, receivedMs);
    } catch (thrown) {
      broke(thrown);
    }
  });
  ws.on('pong', () => {
    missedPings = 0;
  });
  ws.on('ping', (data) => outbox.pong(data));
  ws.on('error', (error) => {
    // Without a code it is the connection itself that failed, and `close` comes next.
    if (ws.violation !== undefined) fail(violationError(ws.violation, error), ws.violation);
  });
  ws.on('close', (code, reason) => {
    leaving ??= { code, reason: reason.toString() };
    end();
  });
  if (upgrade.hello) hello(upgrade.hello.key).catch(broke);

  return {
    beat() {
      // Pongs are not read while the peer is behind; `stalledMs` is the judge then.
      if (outbox.full) return;
      if (missedPings >= limits.missedPings) return ws.terminate();
      missedPings += 1;
      ws.ping();
      commands.beat();
    },
    restart() {
      commands.beat();
      commands.endSubscriptions();
      leave(restarting, 'The server restarts: connect again and resume.');
    },
    cutOff: () => ws.terminate(),
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

const timer = (ms: number, work: () => void): NodeJS.Timeout => setTimeout(work, ms).unref();
