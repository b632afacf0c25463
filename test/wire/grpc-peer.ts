import {
  type CallOptions,
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { expect } from 'vitest';
import { rpc } from '../../services/grpc/contract.ts';
import { adminKey } from '../house.ts';

/** What came of a call, as it stood on the wire. */
export interface Answer<Message> {
  readonly message: Message | undefined;
  readonly error: ServiceError | undefined;
  /** Initial metadata of a response, or the only header frame of a failure. */
  readonly metadata: Metadata;
}

export interface Asking extends CallOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  /** Sent instead of the message. */
  readonly bytes?: Buffer;
}

export const asAdmin = { authorization: `Bearer ${adminKey}` };

export interface Method<Request, Message> {
  readonly path: string;
  requestSerialize(request: Request): Buffer;
  responseDeserialize(bytes: Buffer): Message;
}

function metadataOf(pairs: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(pairs)) metadata.set(key, value);
  return metadata;
}

/** A client of grpc-js without any of ours around it. */
export function openPeer(port: number) {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
  });
  return {
    ask<Request, Message>(
      method: Method<Request, Message>,
      request: Request,
      { metadata = asAdmin, bytes, ...options }: Asking = {},
    ): Promise<Answer<Message>> {
      return new Promise((resolve) => {
        let initial = new Metadata();
        const serialize = bytes ? () => bytes : method.requestSerialize;
        client
          .makeUnaryRequest(
            method.path,
            serialize,
            method.responseDeserialize,
            request,
            metadataOf(metadata),
            options,
            (error, message) =>
              resolve({
                message,
                error: error ?? undefined,
                metadata: error?.metadata ?? initial,
              }),
          )
          .on('metadata', (received) => {
            initial = received;
          });
      });
    },
    open<Request, Message>(
      method: Method<Request, Message>,
      request: Request,
      metadata: Readonly<Record<string, string>> = asAdmin,
    ): ClientReadableStream<Message> {
      return client.makeServerStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadataOf(metadata),
      );
    },
    close: () => client.close(),
  };
}

export type Peer = ReturnType<typeof openPeer>;

/** The details of a failure by the names of their types, in order. */
export function detailsOf(
  error: ServiceError | undefined,
): readonly (readonly [string, unknown])[] {
  const [bytes] = error?.metadata.get('grpc-status-details-bin') ?? [];
  if (!Buffer.isBuffer(bytes)) throw new Error(`expected a status with details, got ${error}`);
  return rpc.Status.deserialize(bytes).details.map(({ type_url: url, value }) => {
    const name = url.replace('type.googleapis.com/google.rpc.', '') as keyof typeof rpc;
    return [name, rpc[name].deserialize(value)];
  });
}

export interface BadRequest {
  readonly fieldViolations: readonly {
    readonly field: string;
    readonly description: string;
    readonly reason: string;
  }[];
}

/** The violations of a call that is refused. */
export async function violationsOf<Request>(
  peer: Peer,
  method: Method<Request, unknown>,
  request: Request,
  bytes?: Buffer,
) {
  const { error } = await peer.ask(method, request, bytes && { bytes });
  expect(error?.code).toBe(status.INVALID_ARGUMENT);
  const details = Object.fromEntries(detailsOf(error));
  return (details.BadRequest as BadRequest).fieldViolations;
}
