import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EventStream } from '../core/events/follow.ts';
import { eventText } from '../wire/event-text.ts';
import { encodeMessage, heartbeat, retryField, type Timings } from '../wire/http/event-stream.ts';
import { kindsOf, readQuery, typed } from '../wire/http/query.ts';
import { decodeInput } from '../wire/json-input.ts';

/** The input of a request to this room. */
export const watched = 'watchEvents';

const kinds = kindsOf(watched);

/**
 * Reads the input of the stream from `?after=`, `?types=a,b` and `Last-Event-ID`; all other
 * parameters stay, so that the schema refuses them. The header wins: an EventSource that reconnects
 * repeats its first URL, and only the header has the last event that it got.
 */
export function decodeWatch({ url = '', headers }: IncomingMessage): unknown {
  const query = readQuery(url);
  // Has no prototype, so that `__proto__` is a name like any other.
  const json: Record<string, unknown> = Object.create(null);
  for (const name in query) {
    const value = query[name];
    if (value !== undefined) json[name] = typed(value, kinds.get(name));
  }
  const last = lastEventId(headers);
  if (last !== undefined) json.after = typed(last, kinds.get('after'));
  return decodeInput(json);
}

/** The last event of an EventSource that reconnects; an empty id means that it got no event. */
export const lastEventId = (headers: IncomingMessage['headers']): string | undefined =>
  headers['last-event-id']?.toString() || undefined;

/**
 * Writes the position where the stream starts, then events as they come, and a heartbeat if there
 * are none. A client that is cut off at any moment resumes without a gap. The response's own buffer
 * bounds what the peer has not read: beyond it the next event waits in the core, and when the
 * connection is lost `events` ends.
 */
export async function writeEvents(
  response: ServerResponse,
  events: EventStream,
  timings: Timings,
): Promise<void> {
  // The first bytes carry the headers to the peer, which then knows that it is subscribed.
  response.write(retryField(timings.retryMs) + heartbeat(events.start));
  const pulse = setInterval(() => {
    if (!response.writableNeedDrain) response.write(heartbeat(events.position));
  }, timings.heartbeatMs);
  pulse.unref();
  try {
    for await (const event of events) {
      const message = encodeMessage({
        id: String(event.sequence),
        event: event.type,
        data: eventText(event),
      });
      pulse.refresh();
      if (!response.write(message)) await drained(response, timings.blockedMs);
    }
  } finally {
    clearInterval(pulse);
  }
}

/** Resolves when the peer has read what was buffered; cuts it off if that takes too long. */
function drained(response: ServerResponse, blockedMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), blockedMs);
    timer.unref();
    const done = () => {
      clearTimeout(timer);
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
