/** Headers that keep a response a stream of events on its way through proxies. */
export const eventStreamHeaders = {
  'content-type': 'text/event-stream',
  // `no-transform` keeps proxies from compressing, which holds back what does not fill a block.
  'cache-control': 'no-cache, no-transform',
  // nginx buffers a response unless the response itself disables that.
  'x-accel-buffering': 'no',
} as const;

/** How streams are kept alive and bounded. Tests use smaller values. */
export const defaultTimings = {
  /** Well below the idle timeouts of common proxies (60 s for nginx and AWS load balancers). */
  heartbeatMs: 15_000,
  /** How long a peer may read nothing before it is cut off; it resumes after what it read. */
  blockedMs: 30_000,
  /** The minimum pause before a client reconnects; browsers take 3 to 5 s by default. */
  retryMs: 2000,
  /** The same if the server is overloaded. */
  busyRetryMs: 10_000,
} as const;

export type Timings = { readonly [Name in keyof typeof defaultTimings]: number };

/** One message of an event stream, as an EventSource would dispatch it. */
export interface Message {
  /** The last event id when the message was complete; empty if none was set. */
  readonly id: string;
  /** Defaults to `message`. */
  readonly event: string;
  readonly data: string;
}

/**
 * The position of a client that is cut off now. An `id` without data dispatches nothing, and is
 * what the client resumes after (WHATWG HTML §9.2.6); the comment is there for proxies and for
 * people.
 */
export const heartbeat = (position: number): string => `:\nid: ${position}\n\n`;

/**
 * Sets how long the client waits before it reconnects: `ms` to twice as long, at random, so that
 * clients that were cut off together do not return together.
 */
export const retryField = (ms: number): string =>
  `retry: ${Math.round(ms * (1 + Math.random()))}\n`;

/**
 * Formats a message as text of an event stream. `id` and `event` have no line break; each kind of
 * line break in `data` comes back as a line feed.
 */
export const encodeMessage = ({ id, event, data }: Partial<Message> & { readonly data: string }) =>
  `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${
    data.includes('\n') || data.includes('\r') ? data.replace(/\r\n|\r|\n/g, '\ndata: ') : data
  }\n\n`;

/**
 * Makes a parser for one event stream (WHATWG HTML §9.2.6). It takes the bytes as they arrive, cut
 * anywhere, and returns the messages that they complete. It drops an unfinished one at the end, as
 * the standard requires.
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
    // `retry` is for clients that reconnect by themselves; a comment has an empty field name.
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
    // A carriage return ends its line at once; a line feed after it belongs to the same line end.
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
