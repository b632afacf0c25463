import { PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Caller, Core } from '../core/invoke.ts';
import type { CallName, OperationName } from '../core/operations.ts';
import { callerOf, type Peer } from './caller.ts';
import { type Handler, resultFrame } from './calls.ts';
import { customerHandlers } from './customers.ts';
import { errorFrame } from './errors.ts';
import {
  eventHandlers,
  heartbeatFrame,
  type Subscription,
  serveEvents,
  watched,
} from './events.ts';
import type { ClientFrame, FrameOf, Received } from './frames.ts';
import { keyHandlers } from './keys.ts';
import type { Limits } from './limits.ts';
import type { Outbox } from './outbox.ts';
import { paymentHandlers } from './payments.ts';
import { refundHandlers } from './refunds.ts';

const handlers: Readonly<Record<CallName, Handler>> = {
  ...paymentHandlers,
  ...refundHandlers,
  ...customerHandlers,
  ...eventHandlers,
  ...keyHandlers,
};

/** What the commands of one connection need of it. */
export interface Surroundings {
  readonly core: Core;
  readonly outbox: Outbox;
  readonly limits: Limits;
  /** Request id of the connection; each command's own is made from it. */
  readonly requestId: string;
  /** Ends the connection. */
  fail(error: PaymentsError): void;
  /** Ends the connection for what nobody foresaw. Never throws. */
  broke(thrown: unknown): void;
  /** Called when the last command that ran has ended. */
  onIdle(): void;
}

/** The commands of one connection. */
export interface Commands {
  /** @param receivedMs when the frame came, on the clock of `performance` */
  take(peer: Peer, received: Received, receivedMs: number): void;
  /** Whether no call and no subscription runs. */
  readonly idle: boolean;
  /** Tells the peer of positions that moved on without an event. */
  beat(): void;
  endSubscriptions(): void;
}

export function createCommands(surroundings: Surroundings): Commands {
  const { core, outbox, limits, requestId, fail, broke, onIdle } = surroundings;
  const calls = new Set<string>();
  const subscriptions = new Map<string, Subscription>();
  let count = 0;

  const nextRequestId = () => {
    count += 1;
    return `${requestId}.${count}`;
  };
  const bad = (message: string) => fail(new PaymentsError('validation_failed', message));
  const isIdle = () => calls.size === 0 && subscriptions.size === 0;

  /**
   * Whether a command may run; ends the connection where not. One whose id is in use is not merely
   * refused: which of the two an answer belonged to could not be told, and one may move money.
   */
  function mayRun(id: string, what: 'calls' | 'subscriptions', running: number): boolean {
    if (calls.has(id) || subscriptions.has(id)) {
      bad(`Expected an id that is not in use, got '${id}' again.`);
      return false;
    }
    if (running < limits[what]) return true;
    const message = `Expected at most ${limits[what]} ${what} at once, got more.`;
    fail(new PaymentsError('rate_limited', message));
    return false;
  }

  /** Answers a command with its error, which is in the log by then. */
  async function answerError(
    id: string,
    thrown: unknown,
    caller: Caller,
    operation?: OperationName,
  ): Promise<void> {
    const error = await core.refuse(caller, toPaymentsError(thrown), operation);
    outbox.send(errorFrame(id, error, caller));
  }

  async function call(peer: Peer, frame: FrameOf<'call'>, receivedMs: number): Promise<void> {
    if (!mayRun(frame.id, 'calls', calls.size)) return;
    calls.add(frame.id);
    const caller = callerOf(core, peer, nextRequestId(), frame, receivedMs);
    caller.observation.operation = frame.operation;
    try {
      const output = await handlers[frame.operation](core, caller, frame.input);
      outbox.send(resultFrame(frame.id, caller, output));
      caller.observation.end('ok');
    } catch (thrown) {
      await answerError(frame.id, thrown, caller, frame.operation);
    } finally {
      calls.delete(frame.id);
      if (isIdle()) onIdle();
    }
  }

  async function subscribe(
    peer: Peer,
    frame: FrameOf<'subscribe'>,
    receivedMs: number,
  ): Promise<void> {
    if (!mayRun(frame.id, 'subscriptions', subscriptions.size)) return;
    const stop = new AbortController();
    const subscription: Subscription = { stop, told: 0 };
    subscriptions.set(frame.id, subscription);
    const made = callerOf(core, peer, nextRequestId(), frame, receivedMs);
    const caller = { ...made, signal: stop.signal };
    try {
      await serveEvents(core, caller, frame, subscription, outbox);
    } catch (thrown) {
      if (!stop.signal.aborted) await answerError(frame.id, thrown, caller, watched);
    } finally {
      // The id may belong to another subscription by now.
      if (subscriptions.get(frame.id) === subscription) subscriptions.delete(frame.id);
      // What the core holds for a stream that failed here.
      stop.abort();
      caller.observation.end('ok');
      if (isIdle()) onIdle();
    }
  }

  async function unsubscribe(
    peer: Peer,
    { id }: FrameOf<'unsubscribe'>,
    receivedMs: number,
  ): Promise<void> {
    const subscription = subscriptions.get(id);
    subscription?.stop.abort();
    subscriptions.delete(id);
    // Answered alike if there is no such subscription: it may have ended at this moment. Its own
    // tokens were taken when it began, but not those of a frame that ends nothing.
    if (!subscription) {
      const caller = callerOf(core, peer, nextRequestId(), {}, receivedMs);
      try {
        await core.admit(caller, { tokens: 1 });
        caller.observation.end('ok');
      } catch (thrown) {
        await answerError(id, thrown, caller);
        return;
      }
    }
    outbox.send(JSON.stringify({ id, type: 'unsubscribed' }));
  }

  function run(peer: Peer, frame: ClientFrame, receivedMs: number): void {
    switch (frame.type) {
      case 'hello':
        bad('Expected one hello, got another.');
        break;
      case 'call':
        call(peer, frame, receivedMs).catch(broke);
        break;
      case 'subscribe':
        subscribe(peer, frame, receivedMs).catch(broke);
        break;
      case 'unsubscribe':
        unsubscribe(peer, frame, receivedMs).catch(broke);
        break;
    }
  }

  return {
    take(peer, received, receivedMs) {
      if ('bad' in received) bad(received.bad);
      else if ('frame' in received) run(peer, received.frame, receivedMs);
      else {
        const { id, refused } = received;
        const caller = callerOf(core, peer, nextRequestId(), {}, receivedMs);
        answerError(id, refused, caller).catch(broke);
      }
    },
    get idle() {
      return isIdle();
    },
    beat() {
      const frame = heartbeatFrame(subscriptions);
      if (frame !== undefined) outbox.send(frame);
    },
    endSubscriptions() {
      for (const { stop } of subscriptions.values()) stop.abort();
      subscriptions.clear();
    },
  };
}
