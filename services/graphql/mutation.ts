import type { CallName } from '../core/operations.ts';
import { type GraphqlContext, withoutNulls } from './context.ts';
import { toFailure } from './errors.ts';

interface MutationArgs {
  readonly idempotencyKey?: string | null;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** A mutation over a write: the output, or the failure as a member of the result's union. */
export const mutation =
  (name: CallName) =>
  (_root: unknown, args: MutationArgs, { core, caller }: GraphqlContext) => {
    const { idempotencyKey, input, ...fields } = args;
    return core
      .invoke(
        name,
        { ...caller, idempotencyKey: idempotencyKey ?? undefined },
        withoutNulls(input ?? fields),
      )
      .catch(toFailure);
  };

/** The type of a mutation's result; failures name theirs. */
export const resultType = (successType: string) => ({
  __resolveType: (result: { readonly __typename?: string }) => result.__typename ?? successType,
});
