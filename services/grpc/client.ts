import {
  type ChannelOptions,
  Client as Connection,
  connectivityState,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import {
  type CallOptions,
  type Client,
  type ClientOptions,
  type ConditionalPayment,
  callsOf,
  streamsOf,
  type WatchOptions,
} from '../core/client.ts';
import type { Event } from '../core/events/event.ts';
import type { CallName, InputOf, OutputOf } from '../core/operations.ts';
import { paymentService } from '../wire/protobuf/contract.ts';
import type { GetPaymentIfChangedResponse__Output } from '../wire/protobuf/generated/payments/v1/GetPaymentIfChangedResponse.ts';
import { decodeEvent, decodePayment } from '../wire/protobuf/messages.ts';
import { type Definition, methods } from '../wire/protobuf/methods.ts';
import { outputs } from '../wire/protobuf/outputs.ts';
import { encodeRequest } from '../wire/protobuf/request.ts';
import { securityOf } from './client-credentials.ts';
import { decodeError } from './errors.ts';

/** Maximum time for a connection to come up. */
const connectMs = 5000;

const channelOptions: ChannelOptions = {
  // Each client gets a channel of its own; grpc-js would share one per process and target.
  'grpc.use_local_subchannel_pool': 1,
  // Failures are reported; retrying is the caller's decision.
  'grpc.enable_retries': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.enable_channelz': 0,
};

/** A method, and how to read its response. */
interface Method<Output> {
  readonly path: string;
  readonly serialize: (message: object) => Buffer;
  readonly read: (bytes: Buffer) => Output;
}

const methodOf = <Output>(
  { path, requestSerialize, responseDeserialize }: Definition,
  decode: (answer: never) => Output,
): Method<Output> => ({
  path,
  serialize: requestSerialize,
  // The codec and the method use the same message.
  read: (bytes) => decode(responseDeserialize(bytes) as never),
});

const getIfChanged = methodOf(
  paymentService.GetPaymentIfChanged,
  (answer: GetPaymentIfChangedResponse__Output) => answer,
);

/** The interface of every room's client, and what only this wire offers. */
export interface GrpcClient extends Client {
  /** @param etag of the caller's copy. Optional. */
  getPaymentConditionally(id: string, etag?: string): Promise<ConditionalPayment>;
}

/**
 * Creates a client of the gRPC room. Resolves once its connections are up; calls use them in turn.
 * @throws Error if no server responds at the target
 */
export async function createGrpcClient(options: ClientOptions): Promise<GrpcClient> {
  const { target, ca, key, connections: count = 1 } = options;
  const security = securityOf(target, ca);
  const connections = Array.from(
    { length: count },
    () => new Connection(target, security.credentials, { ...channelOptions, ...security.options }),
  );
  const metadata = new Metadata();
  if (key !== undefined) metadata.set('authorization', `Bearer ${key}`);

  const close = () => {
    for (const connection of connections) connection.close();
  };
  try {
    await Promise.all(connections.map((connection) => connected(connection, target)));
  } catch (thrown) {
    close();
    throw thrown;
  }

  let turn = 0;
  const next = (): Connection => {
    turn = (turn + 1) % count;
    // The remainder is an index of the list.
    return connections[turn] as Connection;
  };

  const unary = <Output>(method: Method<Output>, message: object, signal?: AbortSignal) =>
    callUnary(next(), method, message, metadata, signal, target);

  const call = <Name extends CallName>(name: Name) => {
    const made = methodOf(methods[name].definition, outputs[name].decode);
    return async (
      input: InputOf<Name>,
      { idempotencyKey, signal }: CallOptions = {},
    ): Promise<OutputOf<Name>> => unary(made, encodeRequest(name, input, idempotencyKey), signal);
  };

  return {
    ...callsOf(call),
    ...streamsOf((name) => {
      const made = methodOf(methods[name].definition, decodeEvent);
      return async (input, { signal }) =>
        openStream(next(), made, encodeRequest(name, input), metadata, signal, target);
    }),
    async getPaymentConditionally(id, known = '') {
      const { payment } = await unary(getIfChanged, { id, etag: known });
      return payment
        ? { etag: payment.etag, payment: decodePayment(payment) }
        : { etag: known, payment: undefined };
    },
    async close() {
      close();
    },
  };
}

/** Makes one unary call. Rejects with the reason of `signal` if that aborts. */
function callUnary<Output>(
  connection: Connection,
  { path, serialize, read }: Method<Output>,
  message: object,
  metadata: Metadata,
  signal: AbortSignal | undefined,
  target: string,
): Promise<Output> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const cancel = () => request.cancel();
    const request = connection.makeUnaryRequest(
      path,
      serialize,
      read,
      message,
      metadata,
      (error: ServiceError | null, output?: Output) => {
        signal?.removeEventListener('abort', cancel);
        if (!error) {
          // Without an error there is a response.
          resolve(output as Output);
        } else {
          reject(signal?.aborted ? signal.reason : decodeError(error, target));
        }
      },
    );
    signal?.addEventListener('abort', cancel, { once: true });
  });
}

/** Resolves when the connection is up. @throws Error if it fails or takes too long */
async function connected(connection: Connection, target: string): Promise<void> {
  const channel = connection.getChannel();
  const deadline = Date.now() + connectMs;
  for (;;) {
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.READY) return;
    if (state === connectivityState.TRANSIENT_FAILURE) {
      throw new Error(`Expected a gRPC server at ${target}, got: ${await refusalOf(connection)}`);
    }
    await new Promise<void>((resolve, reject) => {
      channel.watchConnectivityState(state, deadline, (late) =>
        late
          ? reject(
              new Error(`Expected a gRPC server at ${target}, got none within ${connectMs} ms.`),
            )
          : resolve(),
      );
    });
  }
}

/**
 * Returns why there is no connection: a failed call reports it, but the channel's state does not.
 */
const refusalOf = (connection: Connection): Promise<string> =>
  new Promise((resolve) => {
    const same = (bytes: Buffer) => bytes;
    connection.makeUnaryRequest('/', same, same, Buffer.alloc(0), (error) =>
      resolve(error?.details.trim() ?? 'one that was up only later'),
    );
  });

/** Resolves with the initial metadata, which the server sends once the stream is subscribed. */
function openStream(
  connection: Connection,
  { path, serialize, read }: Method<Event>,
  message: object,
  metadata: Metadata,
  signal: WatchOptions['signal'],
  target: string,
): Promise<AsyncIterable<Event>> {
  const stream = connection.makeServerStreamRequest(path, serialize, read, message, metadata);
  const cancel = () => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();

  let failure: ServiceError | undefined;
  let ended = false;
  let wake = () => {};
  stream.on('readable', () => wake());
  stream.on('end', () => {
    ended = true;
    wake();
  });

  // Reads by hand: iterating the stream itself would drop what was received before an error.
  async function* events(): AsyncGenerator<Event, void, void> {
    try {
      while (!signal.aborted) {
        const event: Event | null = stream.read();
        if (event !== null) yield event;
        else if (ended) break;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
      if (failure && !signal.aborted) throw decodeError(failure, target);
    } finally {
      signal.removeEventListener('abort', cancel);
      cancel();
    }
  }

  return new Promise((resolve, reject) => {
    stream.on('error', (error: ServiceError) => {
      failure = error;
      wake();
      reject(signal.aborted ? signal.reason : decodeError(error, target));
    });
    stream.on('metadata', () => resolve(events()));
  });
}
