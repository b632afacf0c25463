import { type ExecutionArgs, type ExecutionResult, GraphQLError, subscribe } from 'graphql';
import { type PaymentsError, toPaymentsError } from '../core/errors.ts';
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

/** What its results go through on their way to the client. */
interface Passage {
  /** @throws PaymentsError where a result cannot be sent */
  readonly check: (result: ExecutionResult) => void;
  readonly toErrors: (errors: readonly GraphQLError[]) => readonly GraphQLError[];
  /** Logs and counts a failure, if core has not. */
  readonly counted: (error: PaymentsError) => Promise<PaymentsError>;
}

/** Begins a subscription: its results, or the errors for which it did not begin. */
export async function openSubscription(
  args: ExecutionArgs,
  passage: Passage,
): Promise<ResultStream | readonly GraphQLError[]> {
  const source = await subscribe(args);
  if (!(Symbol.asyncIterator in source)) return passage.toErrors(source.errors ?? []);
  // Made by `contextOf`, and filled by the resolver by now.
  const { watched } = args.contextValue as GraphqlContext;
  return resultsOf(source, watched, passage);
}

/**
 * A failure of the source, a revoked key for one, is the last result. `return` takes effect at
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
        // What failed may be a result and not the source, which then still runs.
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
