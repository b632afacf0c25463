import type { PaymentsError } from '../core/errors.ts';
import type { Receipt } from '../core/invoke.ts';
import { encodeProblem } from '../wire/problem.ts';
import { rateOf } from './rate.ts';

/** Members of a frame beside the operation's input. */
export const members = { idempotencyKey: 'idempotencyKey' };

/** The `error` frame of a command, or of the connection if `id` is undefined. */
export const errorFrame = (
  id: string | undefined,
  error: PaymentsError,
  { requestId, receipt }: { readonly requestId: string; readonly receipt?: Receipt | undefined },
): string =>
  JSON.stringify({
    id,
    type: 'error',
    ...(receipt?.rate && { rate: rateOf(receipt.rate) }),
    error: encodeProblem(error, { requestId, members }),
  });
