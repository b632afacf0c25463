import { Server, ServerCredentials } from '@grpc/grpc-js';
import { announce, constants } from './constant.ts';

/** Control: bare grpc-js, constant bytes; messages are neither decoded nor encoded. */
const { path, message } = constants.grpc;
const answer = Buffer.from(message, 'base64');
const asTheyAre = (bytes: Buffer) => bytes;

const server = new Server();
server.addService(
  {
    answer: {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: asTheyAre,
      requestDeserialize: asTheyAre,
      responseSerialize: asTheyAre,
      responseDeserialize: asTheyAre,
    },
  },
  {
    answer: (_call: unknown, reply: (error: null, value: Buffer) => void) => reply(null, answer),
  },
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  announce(0, port);
});
