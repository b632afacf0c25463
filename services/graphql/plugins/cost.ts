import type { ExecutionResult } from 'graphql';
import type { HttpHost } from '../host.ts';
import { isOne, knownCaller, preparedIn, type RoomPlugin } from './context.ts';

/** What Yoga calls when a document has run. */
interface Done {
  readonly result: object;
  readonly setResult: (result: ExecutionResult) => void;
}

/**
 * Takes the tokens of a document from the key's bucket before it runs, and reports its cost in
 * `extensions.cost`. A subscription takes tokens for each event when the event is read.
 */
export const useCost = ({ execution }: HttpHost): RoomPlugin => ({
  async onExecute({ context: { state }, extendContext }) {
    const prepared = preparedIn(state);
    const caller = await execution.admit(prepared, knownCaller(state));
    // The whole context, because its loaders call for the admitted caller too.
    extendContext(execution.contextOf(prepared, caller));
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
