import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Reading } from '../wire/reading.ts';
import type { Limits } from './limits.ts';
import { createTurnCork } from './turn-cork.ts';

/** The sending side of a connection. */
export interface Outbox {
  /** Sends a text message; does nothing once the connection is closing. */
  send(text: string): void;
  /** Sends a pong (RFC 6455 §5.5.3), in the same order and under the same bounds. */
  pong(data: Buffer): void;
  /** Whether the peer is behind; nothing more should be produced for it then. */
  readonly full: boolean;
  /** Resolves when the peer has read what was buffered, and when the connection ends. */
  readonly drained: Promise<void>;
  /** Resumes everything that waits for the peer. */
  release(): void;
}

/**
 * Bounds what waits for a peer: above `pausedAboveBytes` no command is read any more, and `full` is
 * true until everything was read.
 *
 * @param socket the connection under `ws`
 * @param onStalled called when the peer is behind by too much or for too long
 */
export function createOutbox(
  ws: WebSocket,
  socket: Duplex,
  reading: Reading,
  limits: Limits,
  onStalled: () => void,
): Outbox {
  const cork = createTurnCork(socket);
  let behind: (PromiseWithResolvers<void> & { readonly timer: NodeJS.Timeout }) | undefined;

  const release = () => {
    if (!behind) return;
    socket.off('drain', release);
    clearTimeout(behind.timer);
    behind.resolve();
    behind = undefined;
    reading.letGo();
  };
  const pause = () => {
    const timer = setTimeout(onStalled, limits.stalledMs).unref();
    behind = { ...Promise.withResolvers<void>(), timer };
    socket.on('drain', release);
    reading.hold();
  };

  const keepBounded = () => {
    // The socket's own count: without compression `ws` buffers nothing itself.
    const bufferedBytes = socket.writableLength;
    if (bufferedBytes <= limits.pausedAboveBytes) return;
    if (bufferedBytes > limits.bufferedBytes) onStalled();
    else if (!behind) pause();
  };

  return {
    send(text) {
      if (ws.readyState !== ws.OPEN) return;
      cork();
      ws.send(text);
      keepBounded();
    },
    pong(data) {
      if (ws.readyState !== ws.OPEN) return;
      cork();
      ws.pong(data);
      keepBounded();
    },
    get full() {
      return behind !== undefined;
    },
    get drained() {
      return behind?.promise ?? Promise.resolve();
    },
    release,
  };
}
