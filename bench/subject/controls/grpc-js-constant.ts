import {
  type handleUnaryCall,
  type MethodDefinition,
  Server,
  ServerCredentials,
} from '@grpc/grpc-js';
import { announce, constants } from './constant.ts';

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

const server = new Server();
server.addService(
  { read: method(path), create: method(createPath) },
  { read: answering(message), create: answering(created) },
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, grpc) => {
  if (error) throw error;
  announce({ grpc });
});
