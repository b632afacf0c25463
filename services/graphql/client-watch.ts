import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { WatchOptions } from '../core/client.ts';
import type { Event } from '../core/events/event.ts';
import type { InputOf } from '../core/operations.ts';
import { decodeEvent, type EventJson, encodeEvents } from './client-codecs.ts';
import { decodeErrors, type Json, toError } from './client-results.ts';
import { watchDocument } from './documents.ts';

/** graphql-ws opens sockets by itself, and hands no option on to them. */
const socketTrusting = (ca: string) =>
  class extends WebSocket {
    constructor(address: string, protocol: string) {
      super(address, protocol, { ca });
    }
  };

/** Watches events over `graphql-transport-ws`: one connection for all, opened at the first. */
export function createWatcher(
  target: string,
  ca: string | undefined,
  authorization: string | undefined,
) {
  const begun = new Map<unknown, () => void>();
  let last = 0;
  const connection = createClient({
    url: `${target.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: ca ? socketTrusting(ca) : WebSocket,
    connectionParams: authorization === undefined ? {} : { authorization },
    // A stream that was cut says so; its reader knows where to resume.
    retryAttempts: 0,
    generateID: () => String(last),
    on: { ping: (_received, payload) => begun.get(payload?.subscribed)?.() },
  });

  async function watch(
    input: InputOf<'watchEvents'>,
    { signal }: WatchOptions,
  ): Promise<AsyncIterable<Event>> {
    last += 1;
    const id = String(last);
    const queue: Event[] = [];
    let wake: () => void = () => {};
    let ended = signal.aborted;
    let failure: unknown;
    const end = (error?: unknown) => {
      failure ??= error;
      ended = true;
      wake();
    };
    const open = new Promise<void>((resolve, reject) => {
      begun.set(id, resolve);
      const stop = connection.subscribe<{ readonly result: EventJson }>(
        { query: watchDocument, variables: encodeEvents(input as Json) },
        {
          next({ data, errors }) {
            if (errors) return end(decodeErrors(errors));
            if (data) queue.push(decodeEvent(data.result));
            wake();
          },
          error(thrown) {
            const error = signal.aborted ? undefined : toError(target, thrown);
            end(error);
            reject(error);
          },
          complete() {
            end();
            resolve();
          },
        },
      );
      signal.addEventListener(
        'abort',
        () => {
          end();
          resolve();
          stop();
        },
        { once: true },
      );
    });
    await open.finally(() => begun.delete(id));

    return (async function* () {
      for (;;) {
        // What came before an end is delivered; an abort asks for nothing more.
        for (const event of signal.aborted ? [] : queue.splice(0)) yield event;
        if (ended && (queue.length === 0 || signal.aborted)) break;
        if (queue.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
      if (failure && !signal.aborted) throw failure;
    })();
  }

  return { watch, close: () => void connection.dispose() };
}
