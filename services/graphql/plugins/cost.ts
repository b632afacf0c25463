import type { ExecutionResult } from 'graphql';
import type { HttpHost } from '../host.ts';
import { isOne, knownCaller, preparedIn, type RoomPlugin } from './context.ts';

/** What Yoga calls when a document has run. */
interface Done {
  readonly result: object;
  readonly setResult: (result: ExecutionResult) => void;
}

/**
 * Takes the price of a document from the key's bucket before it runs, and says in `extensions.cost`
 * what it cost. What a subscription reads is paid for when it is read.
 */
export const useCost = ({ execution }: HttpHost): RoomPlugin => ({
  async onExecute({ context: { state }, extendContext }) {
    const prepared = preparedIn(state);
    const caller = await execution.admit(prepared, knownCaller(state));
    extendContext({ caller });
    return {
      onExecuteDone({ result, setResult }: Done) {
        // There is one: results come in parts only where a schema has @defer.
        if (isOne(result)) setResult(execution.finish(prepared, caller, result));
      },
    };
  },
  onSubscribe({ context: { state }, setSubscribeFn }) {
    setSubscribeFn((args) => execution.subscribe(preparedIn(state), knownCaller(state), args));
  },
});
