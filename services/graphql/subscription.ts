import { type ExecutionArgs, type ExecutionResult, GraphQLError, subscribe } from 'graphql';
import type { GraphqlContext, WatchedEvents } from './context.ts';

/** The results of a subscription, and how far they have come. */
export interface ResultStream extends AsyncIterableIterator<ExecutionResult> {
  /** A result comes for every wanted event after this sequence. */
  readonly start: number;
  /**
   * Up to this sequence the transport has taken every result: a client that is cut now resumes
   * after it. Events that are not wanted move it on, too.
   */
  readonly position: number;
}

type ToErrors = (errors: readonly GraphQLError[]) => readonly GraphQLError[];

/** Begins a subscription: its results, or the errors for which it did not begin. */
export async function openSubscription(
  args: ExecutionArgs,
  toErrors: ToErrors,
): Promise<ResultStream | readonly GraphQLError[]> {
  const source = await subscribe(args);
  if (!(Symbol.asyncIterator in source)) return toErrors(source.errors ?? []);
  // Made by `contextOf`, and filled by the resolver by now.
  const { watched } = args.contextValue as GraphqlContext;
  return resultsOf(source, watched, toErrors);
}

/**
 * A failure of the source, a revoked key for one, is the last result. `return` takes effect at
 * once, which that of an async generator does not.
 */
function resultsOf(
  source: AsyncIterable<ExecutionResult>,
  watched: WatchedEvents | undefined,
  toErrors: ToErrors,
): ResultStream {
  const iterator = source[Symbol.asyncIterator]();
  let ended = false;
  const stream: ResultStream = {
    start: watched?.start ?? 0,
    get position() {
      return watched?.position ?? 0;
    },
    async next() {
      if (ended) return { done: true, value: undefined };
      try {
        const { done, value } = await iterator.next();
        if (done) return { done: true, value: undefined };
        return {
          done: false,
          value: value.errors ? { ...value, errors: toErrors(value.errors) } : value,
        };
      } catch (thrown) {
        ended = true;
        const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
        const error = new GraphQLError(cause.message, { originalError: cause });
        return { done: false, value: { errors: toErrors([error]) } };
      }
    },
    async return() {
      ended = true;
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}
