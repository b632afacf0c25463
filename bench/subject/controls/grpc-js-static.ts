import type { handleUnaryCall } from '@grpc/grpc-js';
import { methods, paymentMessage } from '../static-messages.ts';
import { constants } from './constant.ts';
import { serveGrpc } from './grpc-server.ts';

/** Control: bare grpc-js with static messages; every message is decoded and encoded. */
const answering = (base64: string): handleUnaryCall<unknown, object> => {
  const message = paymentMessage.decode(Buffer.from(base64, 'base64'));
  return (_call, reply) => reply(null, message);
};

serveGrpc(methods, {
  read: answering(constants.grpc.message),
  create: answering(constants.grpc.created),
});
