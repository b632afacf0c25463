import type { Duplex } from 'node:stream';
import { restarting } from '../wire/close-codes.ts';
import type { Limits } from './limits.ts';
import type { StrictSocket } from './strict-socket.ts';

/** How a connection ends. */
export interface Closing {
  /** Whether the connection takes no more frames. */
  readonly begun: boolean;
  /** Closes at once. */
  now(code: number, reason: string): void;
  /** Takes no more commands, and closes when the running ones have ended, or after a timeout. */
  whenIdle(code: number, reason: string): void;
  /** Call when the last running command has ended. */
  idle(): void;
}

export interface Closed {
  readonly ws: StrictSocket;
  readonly socket: Duplex;
  readonly limits: Limits;
  /** Whether no command runs. */
  isIdle(): boolean;
  /** Called when the connection is closed, by either side; may be called twice. */
  onEnd(): void;
}

export function createClosing({ ws, socket, limits, isIdle, onEnd }: Closed): Closing {
  let leaving: { readonly code: number; readonly reason: string } | undefined;
  let drainTimer: NodeJS.Timeout | undefined;

  function end(): void {
    clearTimeout(drainTimer);
    onEnd();
  }

  /** Data that the kernel has accepted still reaches the peer. */
  function partIfSent(): void {
    if (socket.writableLength === 0) ws.terminate();
  }

  function now(code: number, reason: string): void {
    if (ws.readyState !== ws.OPEN) return;
    leaving = { code, reason };
    end();
    ws.close(code, reason);
    if (code === restarting) setTimeout(partIfSent, limits.partingMs).unref();
  }

  function idle(): void {
    if (leaving && isIdle()) now(leaving.code, leaving.reason);
  }

  ws.on('close', (code, reason) => {
    leaving ??= { code, reason: reason.toString() };
    end();
  });

  return {
    get begun() {
      return leaving !== undefined;
    },
    now,
    whenIdle(code, reason) {
      if (leaving) return;
      leaving = { code, reason };
      drainTimer = setTimeout(() => now(code, reason), limits.drainMs).unref();
      idle();
    },
    idle,
  };
}
