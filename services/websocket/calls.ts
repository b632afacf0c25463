import type { Caller, Core } from '../core/invoke.ts';
import type { CallName } from '../core/operations.ts';
import { customers } from './customers.ts';
import { events } from './events.ts';
import { keys } from './keys.ts';
import { payments } from './payments.ts';
import { rateOf } from './rate.ts';
import { refunds } from './refunds.ts';

/** Decodes the input of a `call`, invokes the core, and encodes the output. */
export type Handlers<Name extends CallName> = {
  readonly [Operation in Name]: (core: Core, caller: Caller, input: unknown) => Promise<unknown>;
};

/** All operations that answer once. */
export const handlers: Handlers<CallName> = {
  ...payments,
  ...refunds,
  ...customers,
  ...events,
  ...keys,
};

/**
 * The answer to a `call` as text. It is put together by hand around the output, because V8 has a
 * fast way to stringify that one concatenated string, such as the request id, makes it leave.
 */
export function resultFrame(id: string, { requestId, receipt }: Caller, output: unknown): string {
  const replayed = receipt?.replayed ? '"replayed":true,' : '';
  const rate = receipt?.rate ? `"rate":${JSON.stringify(rateOf(receipt.rate))},` : '';
  // A request id holds nothing that JSON escapes.
  const head = `{"id":${JSON.stringify(id)},"type":"result","request_id":"${requestId}",`;
  return `${head}${replayed}${rate}"output":${JSON.stringify(output)}}`;
}
