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
 * The `call` handler of each operation of a resource. All are alike, because frames carry the JSON
 * of input and output unchanged.
 */
export const handlersOf = <Name extends OperationName>(map: Pick<Operations, Name>) =>
  perCallOf(map, handlerOf);

/**
 * The response to a `call` as text. It is assembled by hand around the output, because one
 * concatenated string, such as the request id, makes JSON.stringify leave V8's fast path.
 */
export function resultFrame(id: string, { requestId, receipt }: Caller, output: unknown): string {
  const replayed = receipt?.replayed ? '"replayed":true,' : '';
  const rate = receipt?.rate ? `"rate":${JSON.stringify(rateOf(receipt.rate))},` : '';
  // A request id contains nothing that JSON escapes.
  const head = `{"id":${JSON.stringify(id)},"type":"result","request_id":"${requestId}",`;
  return `${head}${replayed}${rate}"output":${JSON.stringify(output)}}`;
}
