import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js';
import { announce } from './constant.ts';
import { create, created, payment, read } from './protobuf.ts';

/** Control: bare grpc-js with the codec of its loader; every message is decoded and encoded. */
const answering =
  (message: object): handleUnaryCall<unknown, object> =>
  (_call, reply) =>
    reply(null, message);

const server = new Server();
server.addService({ read, create }, { read: answering(payment), create: answering(created) });
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, grpc) => {
  if (error) throw error;
  announce({ grpc });
});
