import { createServer } from 'node:http2';
import { fromBinary } from '@bufbuild/protobuf';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { connectMethods } from '../connect-contract.ts';
import { constants, serve } from './constant.ts';

/** Control: `@connectrpc/connect-node` as a gRPC server; every message is decoded and encoded. */
const { read, create } = connectMethods;
const { message, created } = constants.grpc;
const [payment, createdPayment] = [message, created].map((base64) =>
  fromBinary(read.output, Buffer.from(base64, 'base64')),
);

const server = createServer(
  connectNodeAdapter({
    connect: false,
    grpcWeb: false,
    routes(router) {
      router.rpc(read, () => payment ?? {});
      router.rpc(create, () => createdPayment ?? {});
    },
  }),
);
serve(server, 'grpc');
