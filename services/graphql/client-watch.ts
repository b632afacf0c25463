import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Watch } from '../core/client.ts';
import type { Event } from '../core/events/event.ts';
import type { EventStream } from '../core/events/follow.ts';
import type { StreamName } from '../core/operations.ts';
import { decodeEvent, type GraphqlEvent } from './client-codecs.ts';
import { decodeErrors, type Json, toError } from './client-results.ts';
import { encodeVariables } from './client-variables.ts';
import { watchDocument } from './documents.ts';

/** graphql-ws opens sockets itself, and passes no options to them. */
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
  /** Called with the position of each subscription, by its id. */
  const hearing = new Map<string, (position: number) => void>();
  let last = 0;
  const connection = createClient({
    url: `${target.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: ca ? socketTrusting(ca) : WebSocket,
    connectionParams: authorization === undefined ? {} : { authorization },
    // A cut stream fails, and its reader resumes after its position.
    retryAttempts: 0,
    generateID: () => String(last),
    on: {
      ping(_received, payload) {
        for (const [id, position] of Object.entries(payload?.positions ?? {})) {
          hearing.get(id)?.(Number(position));
        }
      },
    },
  });

  const watch =
    (name: StreamName): Watch<EventStream> =>
    async (input, { signal }) => {
      last += 1;
      const id = String(last);
      const queue = createQueue(signal);
      const open = new Promise<void>((resolve, reject) => {
        hearing.set(id, (position) => {
          queue.reached(position);
          resolve();
        });
        const end = (error?: unknown) => {
          hearing.delete(id);
          queue.end(error);
        };
        const stop = connection.subscribe<{ readonly result: GraphqlEvent }>(
          { query: watchDocument, variables: encodeVariables(name, input as Json) },
          {
            next({ data, errors }) {
              if (errors) end(decodeErrors(errors));
              else if (data) queue.add(decodeEvent(data.result));
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
        const abort = () => {
          end();
          resolve();
          stop();
        };
        signal.addEventListener('abort', abort, { once: true });
        if (signal.aborted) abort();
      });
      await open;
      return queue.events;
    };

  return { watch, close: () => void connection.dispose() };
}

/** Events of a stream that are not read yet. */
function createQueue(signal: AbortSignal) {
  const queue: Event[] = [];
  let wake: () => void = () => {};
  let ended = false;
  let failure: unknown;
  let start: number | undefined;
  let position = 0;
  /** The server's last position: all events up to it are in the queue or were read. */
  let reached = 0;

  async function* read(): AsyncGenerator<Event, void, void> {
    while (!signal.aborted) {
      // What came before an end is delivered; after an abort nothing more is.
      const event = queue.shift();
      if (event) {
        position = event.sequence;
        yield event;
      } else if (ended) {
        break;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    if (failure && !signal.aborted) throw failure;
  }

  const items = read();
  const events: EventStream = {
    get start() {
      return start ?? 0;
    },
    get position() {
      return queue.length === 0 ? Math.max(position, reached) : position;
    },
    [Symbol.asyncIterator]: () => items,
  };
  return {
    events,
    add(event: Event) {
      queue.push(event);
      wake();
    },
    reached(sequence: number) {
      if (start === undefined) {
        start = sequence;
        position = sequence;
      }
      reached = sequence;
    },
    end(error?: unknown) {
      failure ??= error;
      ended = true;
      wake();
    },
  };
}
