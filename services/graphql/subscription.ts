import { type ExecutionArgs, type ExecutionResult, GraphQLError, subscribe } from 'graphql';
import { type PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { GraphqlContext, WatchedEvents } from './context.ts';

/** The results of a subscription, and how far they have come. */
export interface ResultStream extends AsyncIterableIterator<ExecutionResult> {
  /** The stream has a result for every wanted event after this sequence. */
  readonly start: number;
  /**
   * Up to this sequence the transport has sent every result, so a client that is cut off now
   * resumes after it. Unwanted events advance it, too.
   */
  readonly position: number;
}

/** What its results pass through on their way to the client. */
interface Passage {
  /** @throws PaymentsError if a result cannot be sent */
  readonly check: (result: ExecutionResult) => void;
  readonly toErrors: (errors: readonly GraphQLError[]) => readonly GraphQLError[];
  /** Logs and counts a failure, if core has not. */
  readonly counted: (error: PaymentsError) => Promise<PaymentsError>;
}

/** Begins a subscription: returns its results, or the errors that prevented it. */
export async function openSubscription(
  args: ExecutionArgs,
  passage: Passage,
): Promise<ResultStream | readonly GraphQLError[]> {
  const source = await subscribe(args);
  if (!(Symbol.asyncIterator in source)) return passage.toErrors(source.errors ?? []);
  // Created by `contextOf`, and filled by the resolver by now.
  const { watched } = args.contextValue as GraphqlContext;
  return resultsOf(source, watched, passage);
}

/**
 * Makes a failure of the source, such as a revoked key, the last result. `return` takes effect at
 * once, which that of an async generator does not.
 */
function resultsOf(
  source: AsyncIterable<ExecutionResult>,
  watched: WatchedEvents | undefined,
  { check, toErrors, counted }: Passage,
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
        check(value);
        return {
          done: false,
          value: value.errors ? { ...value, errors: toErrors(value.errors) } : value,
        };
      } catch (thrown) {
        ended = true;
        // A result may have failed and not the source, which then still runs.
        await iterator.return?.();
        const cause = await counted(toPaymentsError(thrown));
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
