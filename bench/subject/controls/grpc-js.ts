import type { handleUnaryCall } from '@grpc/grpc-js';
import { serveGrpc } from './grpc-server.ts';
import { create, created, payment, read } from './protobuf.ts';

/** Control: bare grpc-js with the codec of its loader; every message is decoded and encoded. */
const answering =
  (message: object): handleUnaryCall<unknown, object> =>
  (_call, reply) =>
    reply(null, message);

serveGrpc({ read, create }, { read: answering(payment), create: answering(created) });
