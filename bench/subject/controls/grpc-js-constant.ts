import type { handleUnaryCall, MethodDefinition } from '@grpc/grpc-js';
import { constants } from './constant.ts';
import { serveGrpc } from './grpc-server.ts';

/** Control: bare grpc-js, constant bytes; messages are neither decoded nor encoded. */
const { path, message, createPath, created } = constants.grpc;
const asTheyAre = (bytes: Buffer) => bytes;

const method = (at: string): MethodDefinition<Buffer, Buffer> => ({
  path: at,
  requestStream: false,
  responseStream: false,
  requestSerialize: asTheyAre,
  requestDeserialize: asTheyAre,
  responseSerialize: asTheyAre,
  responseDeserialize: asTheyAre,
});
const answering = (base64: string): handleUnaryCall<Buffer, Buffer> => {
  const bytes = Buffer.from(base64, 'base64');
  return (_call, reply) => reply(null, bytes);
};

serveGrpc(
  { read: method(path), create: method(createPath) },
  { read: answering(message), create: answering(created) },
);
