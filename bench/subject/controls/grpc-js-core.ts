import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js';
import { encodePayment } from '../../../services/wire/protobuf/messages.ts';
import { announce } from './constant.ts';
import { readPayment } from './core.ts';
import { read } from './protobuf.ts';

/** Floor with core: bare grpc-js, core's read, and its message. */
const handle: handleUnaryCall<{ readonly id: string }, object> = async (call, reply) => {
  const [authorization] = call.metadata.get('authorization');
  const payment = await readPayment(authorization?.toString(), call.request.id);
  reply(null, encodePayment(payment));
};

// As the room has it: an option of the library is no work of the room's.
const server = new Server({ 'grpc.enable_channelz': 0 });
server.addService({ read }, { read: handle });
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, grpc) => {
  if (error) throw error;
  announce({ grpc });
});
