import type { Caller, Core } from '../core/invoke.ts';
import type { CallName } from '../core/operations.ts';
import { customers } from './customers.ts';
import { events } from './events.ts';
import type { FrameOf } from './frames.ts';
import { keys } from './keys.ts';
import { payments } from './payments.ts';
import { refunds } from './refunds.ts';

/** Decodes the input of a `call`, invokes the core, and encodes the output. */
export type Handlers<Name extends CallName> = {
  readonly [Operation in Name]: (core: Core, caller: Caller, input: unknown) => Promise<unknown>;
};

const handlers: Handlers<CallName> = { ...payments, ...refunds, ...customers, ...events, ...keys };

/**
 * Answers a `call` with the text of its `result` frame.
 *
 * @throws PaymentsError
 */
export async function answerCall(
  core: Core,
  caller: Caller,
  { id, operation, input }: FrameOf<'call'>,
): Promise<string> {
  const output = await handlers[operation](core, caller, input);
  return JSON.stringify({
    id,
    type: 'result',
    request_id: caller.requestId,
    replayed: caller.receipt?.replayed,
    output,
  });
}
