/** What a response needs to stay a stream of events on its way through proxies. */
export const eventStreamHeaders = {
  'content-type': 'text/event-stream',
  // `no-transform` keeps proxies from compressing, which holds back what does not fill a block.
  'cache-control': 'no-cache, no-transform',
  // nginx buffers a response unless the response itself says not to.
  'x-accel-buffering': 'no',
} as const;

/** How streams are kept alive and bounded. Tests bring smaller values. */
export const defaultTimings = {
  /** Well below the idle timeouts of common proxies (60 s for nginx and AWS load balancers). */
  heartbeatMs: 15_000,
  /** A peer that takes nothing for so long is cut off; it resumes after what it had. */
  blockedMs: 30_000,
  /** The least pause before a client connects again; browsers take 3 to 5 s if none is sent. */
  retryMs: 2000,
  /** The same where the server has too much to do. */
  busyRetryMs: 10_000,
} as const;

export type Timings = { readonly [Name in keyof typeof defaultTimings]: number };

/** One message of an event stream, as an EventSource would dispatch it. */
export interface Message {
  /** The last event id when the message was complete; empty if none was set. */
  readonly id: string;
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
}

/**
 * Where a client is that is cut off now. An `id` without data dispatches nothing, and is what the
 * client resumes after (WHATWG HTML §9.2.6); the comment is there for proxies and for people.
 */
export const heartbeat = (position: number): string => `:\nid: ${position}\n\n`;

/**
 * Tells the client how long to wait before it connects again: `ms` to twice as long, at random, so
 * that clients that were cut off together do not come back together.
 */
export const retryField = (ms: number): string =>
  `retry: ${Math.round(ms * (1 + Math.random()))}\n`;

/**
 * A message as text of an event stream. `id` and `event` hold no line break; one in `data` comes
 * back as a line feed, whichever of the three it was.
 */
export const encodeMessage = ({ id, event, data }: Partial<Message> & { readonly data: string }) =>
  `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${
    data.includes('\n') || data.includes('\r') ? data.replace(/\r\n|\r|\n/g, '\ndata: ') : data
  }\n\n`;

/**
 * A parser for one event stream (WHATWG HTML §9.2.6): give it the bytes as they arrive, cut
 * anywhere, and it gives the messages that they complete. An unfinished one at the end is dropped,
 * as the standard says.
 */
export function createEventStreamParser(): (bytes: Uint8Array) => readonly Message[] {
  // Drops one byte order mark, and joins characters that were cut.
  const decoder = new TextDecoder();
  let unfinished = '';
  let afterCarriageReturn = false;
  let lastId = '';
  let event = '';
  let data: string[] = [];

  function takeField(line: string): void {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) lastId = value;
    // `retry` is for those that connect again by themselves; a comment has an empty field name.
  }

  function takeLine(line: string, messages: Message[]): void {
    if (line !== '') {
      takeField(line);
      return;
    }
    if (data.length > 0) {
      messages.push({ id: lastId, event: event || 'message', data: data.join('\n') });
    }
    event = '';
    data = [];
  }

  return (bytes) => {
    let text = decoder.decode(bytes, { stream: true });
    if (text === '') return [];
    if (afterCarriageReturn && text.startsWith('\n')) text = text.slice(1);
    // A carriage return ends its line at once; should a line feed follow, it is part of the same.
    afterCarriageReturn = text.endsWith('\r');
    const messages: Message[] = [];
    let start = 0;
    for (const { 0: lineBreak, index } of text.matchAll(/\r\n|\r|\n/g)) {
      takeLine(unfinished + text.slice(start, index), messages);
      unfinished = '';
      start = index + lineBreak.length;
    }
    unfinished += text.slice(start);
    return messages;
  };
}
