import type { Duplex } from 'node:stream';

/**
 * A function to call before each write: all that is written in one turn of the event loop, the
 * answers to a batch of commands or an event to many subscriptions, leaves in one `writev` instead
 * of a system call each. The tick runs after all promise jobs that are ready, so that nothing is
 * held back by a timer.
 */
export function createTurnCork(socket: Duplex): () => void {
  let corked = false;
  const uncork = () => {
    corked = false;
    socket.uncork();
  };
  return () => {
    if (corked) return;
    corked = true;
    socket.cork();
    process.nextTick(uncork);
  };
}
