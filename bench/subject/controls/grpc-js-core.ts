import type { handleUnaryCall } from '@grpc/grpc-js';
import { encodePayment } from '../../../services/wire/protobuf/messages.ts';
import { readPayment } from './core.ts';
import { serveGrpc } from './grpc-server.ts';
import { read } from './protobuf.ts';

/** Floor with core: bare grpc-js, core's read, and its message. */
const handle: handleUnaryCall<{ readonly id: string }, object> = async (call, reply) => {
  const [authorization] = call.metadata.get('authorization');
  const payment = await readPayment(authorization?.toString(), call.request.id);
  reply(null, encodePayment(payment));
};

serveGrpc({ read }, { read: handle });
