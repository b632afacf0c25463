/** A result at once where nothing has to be waited for; `await` takes either. */
export type Awaitable<Result> = Result | Promise<Result>;
