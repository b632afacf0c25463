import type { handleUnaryCall, ServerWritableStream, ServiceDefinition } from '@grpc/grpc-js';
import { type PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Caller, Core } from '../core/invoke.ts';
import {
  type CallName,
  type OperationName,
  type Operations,
  perCallOf,
} from '../core/operations.ts';
import { outputs } from '../wire/protobuf/outputs.ts';
import { requestDecoder } from '../wire/protobuf/request.ts';
import { answerMetadata, callerOf } from './caller.ts';
import { encodeError } from './errors.ts';

/** Stands for a request whose bytes were refused, until its call is answered. */
export class RefusedMessage {
  readonly error: PaymentsError;
  constructor(error: PaymentsError) {
    this.error = error;
  }
}

/**
 * A service whose malformed requests are not reported as INTERNAL, which grpc-js sends if a
 * deserializer throws.
 */
export function forgiving(service: ServiceDefinition): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(service).map(([name, method]) => [
      name,
      {
        ...method,
        requestDeserialize(bytes: Buffer): unknown {
          try {
            return method.requestDeserialize(bytes);
          } catch (thrown) {
            return new RefusedMessage(toPaymentsError(thrown));
          }
        },
      },
    ]),
  );
}

/** @throws PaymentsError `validation_failed` if the request's bytes were refused */
export function requireMessage(request: unknown): void {
  if (request instanceof RefusedMessage) throw request.error;
}

/** What a room does for one method: decode, call the core, encode. */
export type Handler<Request, Response> = (
  core: Core,
  caller: Caller,
  request: Request,
) => Promise<Response>;

/** Decodes the request of an operation, calls the core, encodes the response. */
function handlerOf<Name extends CallName>(name: Name): Handler<object, object> {
  const decode = requestDecoder(name);
  const { encode } = outputs[name];
  return async (core, caller, request) => {
    const input = decode(request);
    // In an input that core has accepted, `ids` are texts.
    return encode(await core.invoke(name, caller, input), input.ids as string[] | undefined);
  };
}

/** The handler of each operation of a resource. All are alike: a method names its operation. */
export const handlersOf = <Name extends OperationName>(map: Pick<Operations, Name>) =>
  perCallOf(map, handlerOf);

/**
 * Makes a handler as grpc-js calls it. A response carries its metadata in front; a failure is one
 * frame (Trailers-Only) with the same metadata and the error's details.
 */
export const unary =
  <Request extends object, Response>(
    core: Core,
    operation: OperationName,
    handle: Handler<Request, Response>,
  ): handleUnaryCall<Request, Response> =>
  async (call, callback) => {
    const { request } = call;
    const caller = callerOf(call);
    caller.request = request;
    caller.operation = operation;
    try {
      requireMessage(request);
      const response = await handle(core, caller, request);
      call.sendMetadata(answerMetadata(caller));
      callback(null, response);
      caller.observation.end('ok');
    } catch (thrown) {
      const error = await core.refuse(caller, toPaymentsError(thrown), operation);
      callback(encodeError(error, caller.metadata()));
    }
  };

/** Ends a stream with core's error for a failure. */
export async function failStream(
  core: Pick<Core, 'refuse'>,
  call: Pick<ServerWritableStream<unknown, unknown>, 'metadata' | 'emit'>,
  thrown: unknown,
): Promise<void> {
  const caller = callerOf(call);
  const error = await core.refuse(caller, toPaymentsError(thrown), caller.operation);
  call.emit('error', encodeError(error, caller.metadata()));
}
