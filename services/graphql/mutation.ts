import { toPaymentsError } from '../core/errors.ts';
import type { CallName, Operations } from '../core/operations.ts';
import type { ResourceName } from '../core/output.ts';
import { parseIdempotencyKey } from '../wire/idempotency-key.ts';
import { toPascal } from '../wire/names.ts';
import { type GraphqlContext, withoutNulls } from './context.ts';
import { toFailure } from './errors.ts';

interface MutationArgs {
  readonly idempotencyKey?: string | null;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * A mutation over a write: the output, or the failure as a member of the result's union. Drops what
 * was read before it, so that it is read again.
 */
const mutation =
  (name: CallName) =>
  async (_root: unknown, args: MutationArgs, { core, caller, forgetReads }: GraphqlContext) => {
    const { idempotencyKey, input, ...fields } = args;
    try {
      const key = parseIdempotencyKey(idempotencyKey ?? undefined);
      const keyed = { ...caller, idempotencyKey: key };
      return await core.invoke(name, keyed, withoutNulls(input ?? fields));
    } catch (thrown) {
      return toFailure(await core.refuse(caller, toPaymentsError(thrown), name));
    } finally {
      forgetReads();
    }
  };

/** The name in the schema of a resource's type. */
const typeNameOf = (resource: ResourceName): string =>
  resource === 'key' ? 'ApiKey' : toPascal(resource);

/** The type of a mutation's result; failures name theirs. */
const resultType = (successType: string) => ({
  __resolveType: (result: { readonly __typename?: string }) => result.__typename ?? successType,
});

/** The mutations of a resource, one for each write, and the unions of their results. */
export function mutationsOf(map: Partial<Operations>) {
  const writes = Object.values(map).filter((operation) => operation.effect === 'write');
  return {
    Mutation: Object.fromEntries(writes.map(({ name }) => [name, mutation(name)])),
    ...Object.fromEntries(
      writes.map(({ name, output }) => [
        `${toPascal(name)}Result`,
        resultType(typeNameOf(output.resource)),
      ]),
    ),
  };
}
