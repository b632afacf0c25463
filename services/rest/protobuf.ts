import { invalid } from '../core/errors.ts';
import { type CallName, type InputOf, type OutputOf, perCall } from '../core/operations.ts';
import { message, requestMessage } from '../wire/protobuf/contract.ts';
import { messageName, methods } from '../wire/protobuf/methods.ts';
import { outputs } from '../wire/protobuf/outputs.ts';
import { encodeRequest, requestDecoder } from '../wire/protobuf/request.ts';

/**
 * Messages of payments.v1 as this room's other representation (RFC 9996). Loaded at the first
 * request for one, so that JSON clients do not pay for the contract's proto files.
 */

interface Bytes {
  serialize(message: object): Buffer<ArrayBuffer>;
  deserialize(bytes: Buffer): object;
}

const requests: Readonly<Record<CallName, Bytes>> = perCall((name) =>
  requestMessage(messageName(methods[name].definition.requestType)),
);
const decoders = perCall(requestDecoder);
const answers: Readonly<Record<CallName, Bytes>> = perCall((name) =>
  message(messageName(methods[name].definition.responseType)),
);

/**
 * The operation's input from the request message of its method.
 *
 * @param key the idempotency key of the header, which the message may repeat but not contradict
 * @throws PaymentsError `validation_failed`
 */
export function decodeBody(
  name: CallName,
  bytes: Buffer,
  key: string | undefined,
): Record<string, unknown> {
  // Requests of writes have a `request_id`.
  const request = requests[name].deserialize(bytes) as { readonly requestId?: string };
  const { requestId = '' } = request;
  if (requestId !== '' && requestId !== key) {
    throw invalid({
      path: ['idempotencyKey'],
      code: 'conflict',
      message: `expected the key of request_id, got ${key === undefined ? 'no header' : 'another'}`,
    });
  }
  return decoders[name](request);
}

/** The inverse, for the client. */
export const encodeBody = <Name extends CallName>(
  name: Name,
  input: InputOf<Name>,
): Uint8Array<ArrayBuffer> => requests[name].serialize(encodeRequest(name, input));

/** @param ids the requested ids, if the output has one result for each */
export const encodeAnswer = (
  name: CallName,
  output: unknown,
  ids: readonly string[],
): Uint8Array<ArrayBuffer> =>
  // The codec and the method of an operation use the same message.
  answers[name].serialize(outputs[name].encode(output as never, ids));

export const decodeAnswer = <Name extends CallName>(name: Name, bytes: Buffer): OutputOf<Name> =>
  outputs[name].decode(answers[name].deserialize(bytes));
