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

/** What the commands need of their connection. */
export interface Surroundings {
  readonly core: Core;
  readonly outbox: Outbox;
  readonly limits: Limits;
  /** Request id of the connection; each command's own is made from it. */
  readonly requestId: string;
  /** Ends the connection. */
  fail(error: PaymentsError): void;
  /** Ends the connection after an unexpected failure. Never throws. */
  broke(thrown: unknown): void;
  /** Called when the last running command has ended. */
  onIdle(): void;
}

/** The commands of one connection. */
export interface Commands {
  /** @param receivedMs when the frame came, on the clock of `performance` */
  take(peer: Peer, received: Received, receivedMs: number): void;
  /** Whether no call and no subscription runs. */
  readonly idle: boolean;
  /** Sends the positions that advanced without an event. */
  beat(): void;
  endSubscriptions(): void;
}

/** The running commands of one connection. */
interface Running extends Surroundings {
  /** The ids of calls. */
  readonly calls: Set<string>;
  readonly subscriptions: Map<string, Subscription>;
  nextRequestId(): string;
}

export function createCommands(surroundings: Surroundings): Commands {
  const { outbox, broke, requestId } = surroundings;
  const calls = new Set<string>();
  const subscriptions = new Map<string, Subscription>();
  let count = 0;
  const nextRequestId = () => {
    count += 1;
    return `${requestId}.${count}`;
  };
  const running: Running = { ...surroundings, calls, subscriptions, nextRequestId };

  return {
    take(peer, received, receivedMs) {
      if ('bad' in received) failBadly(running, received.bad);
      else if ('frame' in received) run(running, peer, received.frame, receivedMs).catch(broke);
      else refuse(running, peer, received, receivedMs).catch(broke);
    },
    get idle() {
      return isIdle(running);
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

const isIdle = ({ calls, subscriptions }: Running): boolean =>
  calls.size === 0 && subscriptions.size === 0;

const failBadly = ({ fail }: Running, message: string): void =>
  fail(new PaymentsError('validation_failed', message));

function run(running: Running, peer: Peer, frame: ClientFrame, receivedMs: number): Promise<void> {
  switch (frame.type) {
    case 'hello':
      failBadly(running, 'Expected one hello, got another.');
      return Promise.resolve();
    case 'call':
      return call(running, peer, frame, receivedMs);
    case 'subscribe':
      return subscribe(running, peer, frame, receivedMs);
    case 'unsubscribe':
      return unsubscribe(running, peer, frame, receivedMs);
  }
}

/**
 * Whether a command may run; otherwise the connection ends. Refusing just a command whose id is in
 * use is not enough: the client could not distinguish the two results, and one may move money.
 */
function mayRun(running: Running, id: string, what: 'calls' | 'subscriptions'): boolean {
  const { calls, subscriptions, limits, fail } = running;
  if (calls.has(id) || subscriptions.has(id)) {
    failBadly(running, `Expected an id that is not in use, got '${id}' again.`);
    return false;
  }
  if (running[what].size < limits[what]) return true;
  const message = `Expected at most ${limits[what]} ${what} at once, got more.`;
  fail(new PaymentsError('rate_limited', message));
  return false;
}

/** Sends the error of a command, which is already in the log. */
async function sendError(
  { core, outbox }: Running,
  id: string,
  thrown: unknown,
  caller: Caller,
  operation?: OperationName,
): Promise<void> {
  const error = await core.refuse(caller, toPaymentsError(thrown), operation);
  outbox.send(errorFrame(id, error, caller));
}

/** Refuses a frame that has an id but is not a command. */
function refuse(
  running: Running,
  peer: Peer,
  { id, refused }: Extract<Received, { readonly refused: unknown }>,
  receivedMs: number,
): Promise<void> {
  const caller = callerOf(running.core, peer, running.nextRequestId(), {}, receivedMs);
  return sendError(running, id, refused, caller);
}

async function call(
  running: Running,
  peer: Peer,
  frame: FrameOf<'call'>,
  receivedMs: number,
): Promise<void> {
  const { core, outbox, calls, onIdle } = running;
  if (!mayRun(running, frame.id, 'calls')) return;
  calls.add(frame.id);
  const caller = callerOf(core, peer, running.nextRequestId(), frame, receivedMs);
  caller.observation.operation = frame.operation;
  try {
    const output = await handlers[frame.operation](core, caller, frame.input);
    outbox.send(resultFrame(frame.id, caller, output));
    caller.observation.end('ok');
  } catch (thrown) {
    await sendError(running, frame.id, thrown, caller, frame.operation);
  } finally {
    calls.delete(frame.id);
    if (isIdle(running)) onIdle();
  }
}

async function subscribe(
  running: Running,
  peer: Peer,
  frame: FrameOf<'subscribe'>,
  receivedMs: number,
): Promise<void> {
  const { core, outbox, subscriptions, onIdle } = running;
  if (!mayRun(running, frame.id, 'subscriptions')) return;
  const stop = new AbortController();
  const subscription: Subscription = { stop, reported: 0 };
  subscriptions.set(frame.id, subscription);
  const made = callerOf(core, peer, running.nextRequestId(), frame, receivedMs);
  const caller = { ...made, signal: stop.signal };
  try {
    await serveEvents(core, caller, frame, subscription, outbox);
  } catch (thrown) {
    if (!stop.signal.aborted) await sendError(running, frame.id, thrown, caller, watched);
  } finally {
    // The id may belong to another subscription by now.
    if (subscriptions.get(frame.id) === subscription) subscriptions.delete(frame.id);
    // Releases what the core holds for a stream that failed here.
    stop.abort();
    caller.observation.end('ok');
    if (isIdle(running)) onIdle();
  }
}

async function unsubscribe(
  running: Running,
  peer: Peer,
  { id }: FrameOf<'unsubscribe'>,
  receivedMs: number,
): Promise<void> {
  const { core, outbox, subscriptions } = running;
  const subscription = subscriptions.get(id);
  subscription?.stop.abort();
  subscriptions.delete(id);
  // Sends the same if there is no such subscription, which may just have ended. A subscription took
  // its tokens when it began; a frame that ends nothing takes its own.
  if (!subscription) {
    const caller = callerOf(core, peer, running.nextRequestId(), {}, receivedMs);
    try {
      await core.admit(caller, { tokens: 1 });
      caller.observation.end('ok');
    } catch (thrown) {
      return sendError(running, id, thrown, caller);
    }
  }
  outbox.send(JSON.stringify({ id, type: 'unsubscribed' }));
}
