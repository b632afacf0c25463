import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import {
  type CallOptions,
  type Client,
  type ClientOptions,
  callsOf,
  streamsOf,
  type WatchOptions,
} from '../core/client.ts';
import { PaymentsError } from '../core/errors.ts';
import type { Event } from '../core/events/event.ts';
import type { CallName, InputOf, OutputOf, WatchInput } from '../core/operations.ts';
import { decodeEvent, type EventJson, outputs } from '../wire/json.ts';
import { encodeInput } from '../wire/json-input.ts';
import { decodeProblem, type Problem } from '../wire/problem.ts';
import { awaitSilence, type Silence } from '../wire/silence.ts';
import { members } from './errors.ts';
import { subprotocol } from './frames.ts';
import { defaultLimits } from './limits.ts';
import { createTurnCork } from './turn-cork.ts';

/** Missing pings in a row after which the server is considered gone. */
const missedPings = 3;
/** Maximum events kept for a reader that is behind; beyond it the connection is not read. */
const queuedEvents = 1024;
/**
 * The pause before a lost connection is dialled again, milliseconds. It is random, so that clients
 * that lost a server together do not reconnect together, up to a bound that doubles with each
 * failure.
 */
export const redialPauseMs = (failures: number): number =>
  Math.random() * Math.min(5000, 200 * 2 ** failures);

/** What the server sends. */
type ServerFrame =
  | {
      readonly id?: undefined;
      readonly type: 'welcome';
      readonly limits?: { readonly ping_ms?: number };
    }
  | { readonly id: string; readonly type: 'result'; readonly output: unknown }
  | { readonly id?: string; readonly type: 'error'; readonly error: Problem }
  | { readonly id: string; readonly type: 'subscribed' | 'unsubscribed' }
  | { readonly id: string; readonly type: 'event'; readonly event: EventJson };

/** Receives the frames of one id. */
interface Waiter {
  receive(frame: ServerFrame): void;
  /** Called when the connection is lost. */
  lose(error: Error): void;
}

/** One connection after its `welcome`. */
interface Link {
  readonly isOpen: boolean;
  /** Sends a command under a new id; `waiter` gets the frames of that id until it is removed. */
  command(frame: Readonly<Record<string, unknown>>, waiter: Waiter): string;
  send(frame: Readonly<Record<string, unknown>>): void;
  forget(id: string): void;
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

/**
 * A client of the WebSocket room. Calls use its connections in turn. A call on a lost connection
 * dials again, but a call or watch that was under way when it was lost fails with a plain Error. A
 * watch whose reader is behind delays the other calls of its connection.
 *
 * @throws Error if no server responds
 */
export async function createWebsocketClient({
  target,
  ca,
  key,
  connections = 1,
}: ClientOptions): Promise<Client> {
  const url = new URL('/ws', target);
  const lines = Array.from({ length: connections }, () => createLine(url, ca, key));
  let turn = 0;
  const nextLink = (): Link | Promise<Link> => {
    turn = (turn + 1) % lines.length;
    return (lines[turn] as Line).link();
  };

  const call =
    <Name extends CallName>(name: Name) =>
    (input: InputOf<Name>, options?: CallOptions) => {
      const link = nextLink();
      return link instanceof Promise
        ? link.then((opened) => callOn(opened, name, input, options))
        : callOn(link, name, input, options);
    };

  const close = async () => {
    await Promise.all(lines.map((line) => line.close()));
  };
  try {
    await Promise.all(
      lines.map(async (line) => {
        try {
          await line.link();
        } catch (error) {
          // A refused key fails each call, as on the other wires.
          if (!(error instanceof PaymentsError)) throw error;
        }
      }),
    );
  } catch (error) {
    await close();
    throw error;
  }

  return {
    ...callsOf(call),
    ...streamsOf(() => async (input, options) => watchOn(await nextLink(), input, options)),
    close,
  };
}

/** A slot for one connection, dialled when it is needed. */
interface Line {
  link(): Link | Promise<Link>;
  close(): Promise<void>;
}

function createLine(url: URL, ca: string | undefined, key: string | undefined): Line {
  let link: Link | undefined;
  let dialling: Promise<Link> | undefined;
  /** Failed dials since the last success; undefined before the first dial. */
  let failures: number | undefined;
  const closing = new AbortController();
  const { signal } = closing;
  const dialled = async () => {
    try {
      if (failures !== undefined) {
        await sleep(redialPauseMs(failures), undefined, { signal }).catch(() => {});
        signal.throwIfAborted();
      }
      failures = (failures ?? -1) + 1;
      link = await dial(url, ca, key);
      failures = 0;
      return link;
    } finally {
      dialling = undefined;
    }
  };
  return {
    link() {
      if (link?.isOpen) return link;
      if (signal.aborted)
        return Promise.reject(new Error('Expected an open client, got a closed one.'));
      dialling ??= dialled();
      return dialling;
    },
    async close() {
      closing.abort(new Error('Expected an open client, got a closed one.'));
      const last = await dialling?.catch(() => undefined);
      await (last ?? link)?.close();
    },
  };
}

function callOn<Name extends CallName>(
  link: Link,
  operation: Name,
  input: InputOf<Name>,
  { idempotencyKey, signal }: CallOptions = {},
) {
  const codec = outputs[operation];
  return new Promise<OutputOf<Name>>((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const settle = () => {
      link.forget(id);
      signal?.removeEventListener('abort', abort);
    };
    const abort = () => {
      settle();
      reject(signal?.reason);
    };
    const id = link.command(
      { type: 'call', operation, input: encodeInput(input), idempotencyKey },
      {
        receive(frame) {
          // Other frames of a newer server are not a response.
          if (frame.type !== 'result' && frame.type !== 'error') return;
          settle();
          if (frame.type === 'result') resolve(codec.decode(frame.output));
          else reject(decodeProblem(frame.error, members));
        },
        lose(error) {
          settle();
          reject(error);
        },
      },
    );
    signal?.addEventListener('abort', abort, { once: true });
  });
}

async function watchOn(
  link: Link,
  input: WatchInput,
  { signal }: WatchOptions,
): Promise<AsyncIterable<Event>> {
  const subscribed = Promise.withResolvers<void>();
  let queue: Event[] = [];
  let failure: Error | undefined;
  let wake = () => {};

  const fail = (error: Error) => {
    failure = error;
    link.forget(id);
    subscribed.reject(error);
    wake();
  };
  const stop = () => {
    link.forget(id);
    link.resume();
    if (link.isOpen && !failure) link.send({ id, type: 'unsubscribe' });
    subscribed.resolve();
    wake();
  };
  const id = link.command(
    { type: 'subscribe', ...encodeInput(input) },
    {
      receive(frame) {
        if (frame.type === 'event') {
          if (queue.push(decodeEvent(frame.event)) === queuedEvents) link.pause();
          wake();
        } else if (frame.type === 'subscribed') {
          subscribed.resolve();
        } else if (frame.type === 'error') {
          fail(decodeProblem(frame.error, members));
        }
      },
      lose: fail,
    },
  );
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    await subscribed.promise;
  } catch (error) {
    signal.removeEventListener('abort', stop);
    throw error;
  }

  async function* read(): AsyncGenerator<Event, void, void> {
    try {
      while (!signal.aborted) {
        const batch = queue;
        queue = [];
        if (batch.length >= queuedEvents) link.resume();
        for (const event of batch) {
          yield event;
          if (signal.aborted) return;
        }
        if (queue.length > 0) continue;
        if (failure) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      if (!signal.aborted) {
        signal.removeEventListener('abort', stop);
        stop();
      }
    }
  }
  return read();
}

/** @throws PaymentsError if the server refuses the key; Error if there is no server */
function dial(url: URL, ca: string | undefined, key: string | undefined): Promise<Link> {
  const ws = new WebSocket(url, subprotocol, { perMessageDeflate: false, ...(ca && { ca }) });
  const waiters = new Map<string, Waiter>();
  const welcomed = Promise.withResolvers<Link>();
  let commands = 0;
  let lost: Error | undefined;
  let cork = () => {};
  /** Undefined before `welcome`, which reports how often the server pings. */
  let silence: Silence | undefined;
  const watchSilence = (pingMs: number) => {
    const ms = missedPings * pingMs;
    silence = awaitSilence(ms, () => {
      lost = new Error(`Expected to hear of ${url}, heard nothing for ${ms} ms.`);
      ws.terminate();
    });
  };

  const link: Link = {
    get isOpen() {
      return ws.readyState === ws.OPEN;
    },
    command(frame, waiter) {
      commands += 1;
      const id = commands.toString(36);
      waiters.set(id, waiter);
      link.send({ id, ...frame });
      return id;
    },
    send(frame) {
      cork();
      ws.send(JSON.stringify(frame));
    },
    forget: (id) => waiters.delete(id),
    pause() {
      silence?.suspend();
      ws.pause();
    },
    resume() {
      silence?.resume();
      ws.resume();
    },
    close: () =>
      new Promise((resolve) => {
        if (ws.readyState === ws.CLOSED) return resolve();
        ws.once('close', () => resolve());
        ws.resume();
        ws.close(1000);
      }),
  };

  ws.on('upgrade', ({ socket }) => {
    cork = createTurnCork(socket);
  });
  ws.on('open', () => link.send({ type: 'hello', key }));
  ws.on('message', (data) => {
    // Our server sends what ServerFrame declares, and with the default binaryType in one Buffer.
    const frame = JSON.parse((data as Buffer).toString()) as ServerFrame;
    if (frame.id !== undefined) waiters.get(frame.id)?.receive(frame);
    else if (frame.type === 'welcome') {
      watchSilence(frame.limits?.ping_ms ?? defaultLimits.pingMs);
      welcomed.resolve(link);
    } else if (frame.type === 'error') lost = decodeProblem(frame.error, members);
  });
  ws.on('ping', () => silence?.heard());
  ws.on('error', (cause) => {
    lost ??= new Error(`Expected a WebSocket with ${url}, got: ${cause.message}`, { cause });
  });
  ws.on('close', (code, reason) => {
    silence?.suspend();
    lost ??= new Error(`Expected an open WebSocket with ${url}, got a close: ${code} ${reason}`);
    welcomed.reject(lost);
    for (const waiter of waiters.values()) waiter.lose(lost);
    waiters.clear();
  });
  return welcomed.promise;
}
