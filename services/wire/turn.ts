let turn: Promise<void> | undefined;

/**
 * Resolves at the end of this turn of the event loop, for all who wait at once. Requests that came
 * in together are then answered together: the same code runs for all of them in a row, and a client
 * is woken once instead of once a response. A request that is alone waits for nothing.
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
