import { toPaymentsError } from '../core/errors.ts';
import { encodeProblem } from '../wire/problem.ts';

/** The `error` frame of a command, or of the connection where `id` is undefined. */
export const errorFrame = (id: string | undefined, thrown: unknown, requestId: string): string =>
  JSON.stringify({
    id,
    type: 'error',
    error: encodeProblem(toPaymentsError(thrown), { requestId }),
  });
