import type { Caller, Core } from '../core/invoke.ts';
import {
  type CallName,
  type OperationName,
  type Operations,
  perCallOf,
} from '../core/operations.ts';
import { outputs } from '../wire/json.ts';
import { decodeInput } from '../wire/json-input.ts';
import { rateOf } from './rate.ts';

/** Decodes the input of a `call`, invokes the core, and encodes the output. */
export type Handler = (core: Core, caller: Caller, input: unknown) => Promise<unknown>;

function handlerOf<Name extends CallName>(name: Name): Handler {
  const { encode } = outputs[name];
  return async (core, caller, input) => encode(await core.invoke(name, caller, decodeInput(input)));
}

/**
 * What a `call` of each operation of a resource does. It is the same for all: frames have the JSON
 * of input and output as they are.
 */
export const handlersOf = <Name extends OperationName>(map: Pick<Operations, Name>) =>
  perCallOf(map, handlerOf);

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
