import type { Duplex } from 'node:stream';

/**
 * Makes a function to call before each write. Everything that is written in one turn of the event
 * loop, such as the responses to a batch of commands or an event to many subscriptions, then leaves
 * at the end of that turn in one `writev` instead of a system call each. All connections are
 * written to in a row (see `endOfTurn`). There is no timer: a single write leaves at once.
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
    setImmediate(uncork);
  };
}
