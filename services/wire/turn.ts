let turn: Promise<void> | undefined;

/**
 * Resolves at the end of this turn of the event loop, for all waiting callers at once. Requests
 * that arrived together then get their responses together: the same code runs for all of them in a
 * row, and a client wakes up once instead of once for each response. A single request does not
 * wait.
 */
export const endOfTurn = (): Promise<void> => {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
  });
  return turn;
};
