import { Readable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import { encodeMessage, retryField, type Timings } from '../wire/http/event-stream.ts';
import type { Sender } from './caller.ts';

/** Ignored by every client, seen by every proxy. */
const heartbeat = ':\n\n';

export interface EventStreamOptions extends Pick<Timings, 'heartbeatMs' | 'retryMs'> {
  /** Aborts when the server shuts down: a stream that ends then is not complete. */
  readonly closing: AbortSignal;
}

/**
 * Sends results as server-sent events (GraphQL over SSE, distinct connections mode). `complete` is
 * only sent at the end of the operation: a client that did not get it reconnects. If the reader is
 * behind, the stream waits; the buffers of stream and socket bound what it has not read. The
 * observation of the request ends with the stream.
 *
 * @param onRead called when a reader begins to read
 */
export function eventStreamOf(
  results: ExecutionResult | AsyncIterable<ExecutionResult>,
  { heartbeatMs, retryMs, closing }: EventStreamOptions,
  { signal, observation }: Pick<Sender, 'signal' | 'observation'>,
  onRead: () => void,
): Readable {
  const isStream = Symbol.asyncIterator in results;
  const iterator = (isStream ? results : once(results))[Symbol.asyncIterator]();
  let pulse: NodeJS.Timeout | undefined;
  let isWaiting = false;
  const end = () => observation.end('ok');

  function begin(): void {
    pulse = setInterval(() => {
      if (stream.readableLength === 0) stream.push(heartbeat);
    }, heartbeatMs);
    pulse.unref();
    onRead();
  }

  async function pushNext(): Promise<void> {
    try {
      const { done, value } = await iterator.next();
      isWaiting = false;
      if (stream.destroyed) return;
      if (!done) {
        stream.push(encodeMessage({ event: 'next', data: JSON.stringify(value) }));
        return;
      }
      if (!isStream || !closing.aborted) {
        stream.push(encodeMessage({ event: 'complete', data: '' }));
      }
    } catch (thrown) {
      // After an unexpected failure the stream ends without `complete`.
      observation.end('internal', thrown);
    }
    clearInterval(pulse);
    stream.push(null);
  }

  const stream: Readable = new Readable({
    read() {
      if (!pulse) begin();
      // A heartbeat is also an occasion to check.
      if (isWaiting) return;
      isWaiting = true;
      pushNext();
    },
    destroy(error, done) {
      clearInterval(pulse);
      end();
      Promise.resolve(iterator.return?.()).then(
        () => done(error),
        (thrown) => done(thrown),
      );
    },
  });
  // If the client has left already, perhaps nobody reads or destroys the stream.
  if (signal.aborted) end();
  // The first bytes carry the headers to the client, which show that it is subscribed.
  stream.push(`${retryField(retryMs)}${heartbeat}`);
  return stream;
}

async function* once(result: ExecutionResult): AsyncGenerator<ExecutionResult, void, void> {
  yield result;
}
