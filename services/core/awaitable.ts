/**
 * A result at once where nothing has to be waited for. What fails at once throws, and what fails
 * later rejects: `await` treats both alike.
 */
export type Awaitable<Result> = Result | Promise<Result>;

/** Hands a result on, at once where it is there. */
export const andThen = <Result, Next>(
  result: Awaitable<Result>,
  next: (result: Result) => Awaitable<Next>,
): Awaitable<Next> => (result instanceof Promise ? result.then(next) : next(result));
