/**
 * A result that may be available synchronously. A synchronous failure throws, a later one rejects:
 * `await` treats both alike.
 */
export type Awaitable<Result> = Result | Promise<Result>;

/** Passes a result to `next`, synchronously if it is available. */
export const andThen = <Result, Next>(
  result: Awaitable<Result>,
  next: (result: Result) => Awaitable<Next>,
): Awaitable<Next> => (result instanceof Promise ? result.then(next) : next(result));
