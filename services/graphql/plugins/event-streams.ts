import { eventStreamHeaders } from '../../wire/http/event-stream.ts';
import { eventStreamOf } from '../event-stream.ts';
import type { HttpHost } from '../host.ts';
import { isMany, isOne, type RoomPlugin } from './context.ts';

/**
 * Writes results as server-sent events, in place of Yoga's own writer: with a pause before clients
 * come back, heartbeats by configuration, a bound for readers that have stopped, and no `complete`
 * when it is the server that ends.
 */
export const useEventStreams = ({ events, blockedMs }: HttpHost): RoomPlugin => ({
  onResultProcess({ result, serverContext: { state, res }, setResultProcessor }) {
    const { accepted, caller } = state;
    const isEvents = isMany(result) || (isOne(result) && result.data !== undefined);
    if (!isEvents || (isOne(result) && accepted.json)) return;
    setResultProcessor((_, { Response }) => {
      // Yoga takes every timeout off the socket before it reads.
      const onRead = () => res.setTimeout(blockedMs, () => res.destroy());
      // Node's own stream, which Yoga sends as it is; its types know those of the web.
      const body = eventStreamOf(result, events, caller, onRead) as unknown as ReadableStream;
      return new Response(body, {
        headers: { ...eventStreamHeaders, 'x-request-id': caller.requestId },
      });
    }, eventStreamHeaders['content-type']);
  },
});
