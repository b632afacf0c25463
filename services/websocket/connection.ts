import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import { callerOf, type Peer } from './caller.ts';
import { handlers, resultFrame } from './calls.ts';
import { closeCode, closeReason, errorFrame, restarting, tooSlow } from './errors.ts';
import { serveEvents } from './events.ts';
import { type ClientFrame, type FrameOf, type Received, readFrame } from './frames.ts';
import type { Limits } from './limits.ts';
import { createOutbox } from './outbox.ts';

/** One connection, as the room sees it. */
export interface Connection {
  /** Sends a ping; cuts the peer off that left too many unanswered. */
  beat(): void;
  /** Lets the calls that run end, then closes with 1012. */
  restart(): void;
  cutOff(): void;
}

/** What the upgrade request told. */
export interface Upgrade {
  readonly requestId: string;
  readonly traceparent: string | undefined;
  /** The `Authorization` header's token; undefined where there is no such header. */
  readonly hello: { readonly key: string | undefined } | undefined;
}

/** Serves a connection until it is closed. */
export function serveConnection(
  core: Core,
  ws: WebSocket,
  socket: Duplex,
  upgrade: Upgrade,
  limits: Limits,
): Connection {
  const { requestId } = upgrade;
  const lost = new AbortController();
  const calls = new Set<string>();
  const subscriptions = new Map<string, AbortController>();
  const early: Received[] = [];
  let peer: Peer | undefined;
  let authenticating = false;
  let leaving: { readonly code: number; readonly reason: string } | undefined;
  let commands = 0;
  let missedPings = 0;

  const outbox = createOutbox(ws, socket, limits, () => {
    closeNow(tooSlow, 'Too slow: connect again and resume after the last sequence.');
  });
  const helloTimer = timer(limits.helloMs, () => {
    fail(new PaymentsError('timeout', `Expected a hello within ${limits.helloMs} ms, got none.`));
  });
  let drainTimer: NodeJS.Timeout | undefined;

  function closeNow(code: number, reason: string): void {
    if (leaving && ws.readyState !== ws.OPEN) return;
    leaving = { code, reason };
    end();
    ws.close(code, reason);
  }

  /** Ends the connection for an error, told in full by a frame and in short by the close. */
  function fail(error: PaymentsError): void {
    outbox.send(errorFrame(undefined, error, requestId));
    closeNow(closeCode[error.code], closeReason(error));
  }

  const bad = (message: string) => fail(new PaymentsError('validation_failed', message));

  /** Takes no more commands; closes when those that run are answered, or after a while. */
  function leave(code: number, reason: string): void {
    if (leaving) return;
    leaving = { code, reason };
    drainTimer = timer(limits.drainMs, () => closeNow(code, reason));
    closeWhenDone();
  }

  function closeWhenDone(): void {
    if (leaving && calls.size === 0 && subscriptions.size === 0) {
      closeNow(leaving.code, leaving.reason);
    }
  }

  const onRevoked = () => leave(closeCode.unauthenticated, 'The API key was revoked.');

  function end(): void {
    clearTimeout(helloTimer);
    clearTimeout(drainTimer);
    peer?.session.revoked.removeEventListener('abort', onRevoked);
    for (const subscription of subscriptions.values()) subscription.abort();
    outbox.release();
    lost.abort();
  }

  async function hello(key: string | undefined): Promise<void> {
    clearTimeout(helloTimer);
    authenticating = true;
    try {
      const session = await core.authenticate(key);
      if (leaving) return;
      session.revoked.addEventListener('abort', onRevoked, { once: true });
      peer = { session, signal: lost.signal, traceparent: upgrade.traceparent };
      outbox.send(
        JSON.stringify({
          type: 'welcome',
          request_id: requestId,
          limits: {
            message_bytes: limits.messageBytes,
            calls: limits.calls,
            subscriptions: limits.subscriptions,
            ping_ms: limits.pingMs,
          },
        }),
      );
      for (const received of early.splice(0)) take(peer, received);
    } catch (thrown) {
      fail(toPaymentsError(thrown));
    }
  }

  /** Takes a frame of a peer that is welcome. */
  function take(peer: Peer, received: Received): void {
    if (leaving) return;
    if ('bad' in received) {
      bad(received.bad);
    } else if ('refused' in received) {
      outbox.send(errorFrame(received.id, received.refused, nextRequestId()));
    } else {
      obey(peer, received.frame);
    }
  }

  function obey(peer: Peer, frame: ClientFrame): void {
    switch (frame.type) {
      case 'hello':
        bad('Expected one hello, got another.');
        break;
      case 'call':
        if (isFree(frame.id)) void call(peer, frame);
        break;
      case 'subscribe':
        if (isFree(frame.id)) void subscribe(peer, frame);
        break;
      case 'unsubscribe':
        // Answered alike where there is no such subscription: it may have ended at this moment.
        subscriptions.get(frame.id)?.abort();
        outbox.send(JSON.stringify({ id: frame.id, type: 'unsubscribed' }));
    }
  }

  /**
   * Ends the connection where an id is in use: which of two commands an answer belonged to could
   * not be told, and one of them may move money.
   */
  function isFree(id: string): boolean {
    if (!calls.has(id) && !subscriptions.has(id)) return true;
    bad(`Expected an id that is not in use, got '${id}' again.`);
    return false;
  }

  const nextRequestId = () => {
    commands += 1;
    return `${requestId}.${commands}`;
  };

  const tooMany = (what: string, most: number) =>
    fail(new PaymentsError('rate_limited', `Expected at most ${most} ${what} at once, got more.`));

  async function call(peer: Peer, frame: FrameOf<'call'>): Promise<void> {
    if (calls.size >= limits.calls) return tooMany('calls', limits.calls);
    calls.add(frame.id);
    const caller = callerOf(peer, nextRequestId(), frame);
    try {
      const output = await handlers[frame.operation](core, caller, frame.input);
      outbox.send(resultFrame(frame.id, caller, output));
    } catch (thrown) {
      outbox.send(errorFrame(frame.id, thrown, caller.requestId));
    }
    calls.delete(frame.id);
    closeWhenDone();
  }

  async function subscribe(peer: Peer, frame: FrameOf<'subscribe'>): Promise<void> {
    if (subscriptions.size >= limits.subscriptions) {
      return tooMany('subscriptions', limits.subscriptions);
    }
    const stop = new AbortController();
    subscriptions.set(frame.id, stop);
    const caller = { ...callerOf(peer, nextRequestId(), frame), signal: stop.signal };
    try {
      await serveEvents(core, caller, frame, outbox);
    } catch (thrown) {
      outbox.send(errorFrame(frame.id, thrown, caller.requestId));
    }
    subscriptions.delete(frame.id);
    closeWhenDone();
  }

  ws.on('message', (data, isBinary) => {
    if (leaving) return;
    if (isBinary) return bad('Expected a text message, got a binary one.');
    // With the default binaryType a message is one Buffer.
    const received = readFrame((data as Buffer).toString());
    if (peer) return take(peer, received);
    if (authenticating) {
      if (early.push(received) > limits.earlyFrames) tooMany('frames before welcome', early.length);
      return;
    }
    if ('bad' in received) return bad(received.bad);
    if ('frame' in received && received.frame.type === 'hello') {
      void hello(received.frame.key);
      return;
    }
    fail(new PaymentsError('unauthenticated', 'Expected a hello first, got a command.'));
  });
  ws.on('pong', () => {
    missedPings = 0;
  });
  // `ws` closes by itself after an error, with 1002, 1007 or 1009.
  ws.on('error', () => {});
  ws.on('close', () => {
    leaving ??= { code: 1006, reason: '' };
    end();
  });
  if (upgrade.hello) void hello(upgrade.hello.key);

  return {
    beat() {
      // Pongs are not read while the peer is behind; `stalledMs` is the judge then.
      if (outbox.full) return;
      if (missedPings >= limits.missedPings) return ws.terminate();
      missedPings += 1;
      ws.ping();
    },
    restart() {
      for (const subscription of subscriptions.values()) subscription.abort();
      leave(restarting, 'The server restarts: connect again and resume.');
    },
    cutOff: () => ws.terminate(),
  };
}

const timer = (ms: number, work: () => void): NodeJS.Timeout => setTimeout(work, ms).unref();
