import type { PaymentsError } from '../../core/errors.ts';
import type { Caller, Core } from '../../core/invoke.ts';
import type { ProblemOf } from '../problem.ts';
import { type HttpMeaning, type ProblemResponse, problemResponse } from './problem-response.ts';

/** Why a request is refused before it reaches an operation, and its HTTP status. */
export interface HttpRefusal extends HttpMeaning {
  readonly error: PaymentsError;
}

/** Makes the response to a refused request. Core counts, logs and rate-limits it first. */
export async function refusalResponse(
  core: Core,
  caller: Caller,
  { error, status, headers }: HttpRefusal,
  instance?: ProblemOf['instance'],
): Promise<ProblemResponse> {
  const settled = await core.refuse(caller, error);
  const { requestId, credential } = caller;
  const meaning = settled === error ? { status, headers } : {};
  return problemResponse(settled, { requestId, credential, instance }, meaning);
}
