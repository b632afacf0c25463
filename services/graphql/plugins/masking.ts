import { GraphQLError } from 'graphql';
import type { YogaMaskedErrorOpts } from 'graphql-yoga';
import { toPaymentsError } from '../../core/errors.ts';

/**
 * What Yoga makes of anything that is thrown: an error whose text may be seen, and its cause for
 * `useRefusals`, which knows the request.
 */
export const maskedErrors: Partial<YogaMaskedErrorOpts> = {
  maskError: (thrown) =>
    thrown instanceof GraphQLError
      ? thrown
      : new GraphQLError(toPaymentsError(thrown).message, {
          originalError: thrown instanceof Error ? thrown : new Error(String(thrown)),
        }),
};
