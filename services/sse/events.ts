import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EventStream } from '../core/events/follow.ts';
import { eventText } from '../wire/event-text.ts';
import { encodeMessage, heartbeat, retryField, type Timings } from '../wire/http/event-stream.ts';
import { toCamel } from '../wire/names.ts';

/** A sequence, or a text for the operation's schema to refuse. */
const sequenceOf = (text: string): unknown => (/^\d{1,16}$/.test(text) ? Number(text) : text);

/**
 * The input of `watchEvents` from `?after=`, `?types=a,b` and `Last-Event-ID`; all other
 * parameters are passed on for the schema to refuse. The header wins: an EventSource that connects
 * again repeats the URL it began with, and only the header knows how far it has come.
 */
export function decodeWatch({ url = '', headers }: IncomingMessage): unknown {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length));
  const input: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    const [only = ''] = values;
    if (name === 'types') input.types = values.flatMap((value) => value.split(','));
    else if (values.length > 1) input[toCamel(name)] = values;
    else input[toCamel(name)] = name === 'after' ? sequenceOf(only) : only;
  }
  const last = lastEventId(headers);
  if (last !== undefined) input.after = sequenceOf(last);
  return input;
}

/** Where an EventSource has come to that connects again; an empty id is none. */
export const lastEventId = (headers: IncomingMessage['headers']): string | undefined =>
  headers['last-event-id']?.toString() || undefined;

/**
 * Writes the position where the stream starts, events as they come, and a heartbeat where none
 * comes. A client that is cut at any moment resumes without a gap. What the peer has not taken is
 * bounded by the response's own buffer: past it the next event waits in the core, and when the
 * connection is lost `events` ends.
 */
export async function writeEvents(
  response: ServerResponse,
  events: EventStream,
  timings: Timings,
): Promise<void> {
  // The first bytes also carry the headers to the peer, which tell it that it is subscribed.
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

/** Resolves when the peer took what was buffered; cuts it off when that takes too long. */
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
