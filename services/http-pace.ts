import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

/** What one connection may hold in memory while its client does not read. */

/** Maximum requests of one HTTP/1.1 connection that wait for the one before them. */
const mostWaiting = 100;
/** Maximum streams of one HTTP/2 connection at once: the least that RFC 9113 §6.5.2 recommends. */
export const mostStreams = 100;
/** How long a client may read nothing of a response, or send nothing of its request. */
export const stalledMs = 60_000;

/**
 * Serves pipelined requests (RFC 9112 §9.3.2) one after the other. Node passes on all that came in
 * one read, and their responses would stay in memory until the first of them has been read. While
 * requests wait, the connection is not read; if too many wait, it ends.
 */
export function inTurn(listener: RequestListener): RequestListener {
  const waiting = new WeakMap<Socket, number>();
  function wait(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { socket } = incoming;
    const place = (waiting.get(socket) ?? 0) + 1;
    // Requests after the last one get no response.
    if (place > mostWaiting) return;
    if (place === mostWaiting) outgoing.setHeader('connection', 'close');
    waiting.set(socket, place);
    socket.pause();
    outgoing.once('socket', () => {
      const left = (waiting.get(socket) ?? 1) - 1;
      // The count of an ended connection stays, so that it is never read again.
      if (place < mostWaiting) waiting.set(socket, left);
      if (left === 0) socket.resume();
      listener(incoming, outgoing);
    });
  }
  // A response gets the socket when its turn comes: the first one before it gets here.
  return (incoming, outgoing) =>
    outgoing.socket ? listener(incoming, outgoing) : wait(incoming, outgoing);
}

/** A snapshot of a connection or stream, to compare with a later one. */
type Look<Of> = (of: Of) => string | undefined;

/**
 * Checks all of `open` repeatedly, and passes to `end` what is seen twice in the same state of
 * waiting for its client.
 *
 * @param look returns the state; undefined if it does not wait
 */
function whenStalled<Of extends object>(
  open: ReadonlySet<Of>,
  everyMs: number,
  look: Look<Of>,
  end: (of: Of) => void,
): NodeJS.Timeout {
  const seen = new WeakMap<Of, string>();
  const timer = setInterval(() => {
    for (const of of open) {
      const state = look(of);
      if (state === undefined) seen.delete(of);
      else if (seen.get(of) === state) end(of);
      else seen.set(of, state);
    }
  }, everyMs);
  return timer.unref();
}

/** Breaks connections whose clients do not read. */
export const breakStalled = (open: ReadonlySet<Socket>, everyMs: number): NodeJS.Timeout =>
  whenStalled(
    open,
    everyMs,
    ({ writableLength, bytesWritten }) =>
      writableLength > 0 ? `${writableLength} of ${bytesWritten}` : undefined,
    (socket) => socket.destroy(),
  );

/**
 * Cancels streams whose clients do not read the response, or never end the request. Rooms watch
 * over their event streams, which end neither.
 */
export const cancelStalled = (
  open: ReadonlySet<ServerHttp2Stream>,
  everyMs: number,
): NodeJS.Timeout =>
  whenStalled(
    open,
    everyMs,
    (stream) => {
      if (stream.writableEnded) return 'answered';
      const isWhole = stream.endAfterHeaders || stream.readableEnded || stream.headersSent;
      return isWhole ? undefined : 'asking';
    },
    (stream) => stream.close(constants.NGHTTP2_CANCEL),
  );
