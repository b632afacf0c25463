import type { ExecutionResult } from 'graphql';
import type { FetchAPI } from 'graphql-yoga';
import {
  encodeMessage,
  eventStreamHeaders,
  retryField,
  type Timings,
} from '../wire/http/event-stream.ts';
import type { ResultStream } from './subscription.ts';

/** Ignored by every client, seen by every proxy. */
const heartbeat = ':\n\n';

export interface EventStreamOptions extends Pick<Timings, 'heartbeatMs' | 'retryMs'> {
  /** Aborts when the server ends: a stream that ends then is not complete. */
  readonly closing: AbortSignal;
  readonly report: (cause: unknown) => void;
}

/**
 * Results as server-sent events (GraphQL over SSE, distinct connections mode). `complete` is the
 * end of the operation and of nothing else: a client that gets none comes back. A reader that is
 * behind is waited for; what it has not taken is bounded by the buffers of stream and socket.
 */
export function eventStreamOf(
  results: ExecutionResult | ResultStream,
  { Response, ReadableStream, TextEncoder }: FetchAPI,
  { heartbeatMs, retryMs, closing, report }: EventStreamOptions,
): Response {
  const encoder = new TextEncoder();
  const isStream = Symbol.asyncIterator in results;
  const iterator = isStream ? results : once(results);
  let pulse: NodeJS.Timeout | undefined;
  let left = false;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // The first bytes carry the headers to the client, which say that it is subscribed.
      controller.enqueue(encoder.encode(`${retryField(retryMs)}${heartbeat}`));
      pulse = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(heartbeat));
      }, heartbeatMs);
      pulse.unref();
    },
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (left) return;
        if (!done) {
          const data = JSON.stringify(value);
          return controller.enqueue(encoder.encode(encodeMessage({ event: 'next', data })));
        }
        if (!isStream || !closing.aborted) {
          controller.enqueue(encoder.encode(encodeMessage({ event: 'complete', data: '' })));
        }
      } catch (thrown) {
        // The last net: the stream ends, not complete.
        report(thrown);
      }
      clearInterval(pulse);
      controller.close();
    },
    async cancel() {
      left = true;
      clearInterval(pulse);
      await iterator.return?.();
    },
  });
  return new Response(body, { headers: eventStreamHeaders });
}

async function* once(result: ExecutionResult): AsyncGenerator<ExecutionResult, void, void> {
  yield result;
}
