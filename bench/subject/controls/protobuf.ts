import { fileURLToPath } from 'node:url';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import { constants, type Encoding } from './constant.ts';

const definition = loadSync('payments/v1/payments.proto', {
  includeDirs: [fileURLToPath(new URL('../../../protos', import.meta.url))],
  longs: Number,
  enums: String,
  defaults: true,
});

/** The real contract's methods, with the codec of the library that the gRPC room uses. */
export const { GetPayment: read, CreatePayment: create } = definition[
  'payments.v1.PaymentService'
  // What the file has under this name is a service with these two methods.
] as ServiceDefinition & Record<'GetPayment' | 'CreatePayment', ServiceDefinition[string]>;

export const payment = read.responseDeserialize(Buffer.from(constants.grpc.message, 'base64'));
export const created = create.responseDeserialize(Buffer.from(constants.grpc.created, 'base64'));

/** Protocol buffers over plain HTTP. */
export const protobuf: Encoding<Uint8Array> = {
  contentType: 'application/protobuf',
  read: () => read.responseSerialize(payment),
  created: () => create.responseSerialize(created),
  decode: (request) => create.requestDeserialize(request),
};
