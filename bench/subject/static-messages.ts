import { join } from 'node:path';
import type { MethodDefinition } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { root } from './sources.ts';

/**
 * The contract's messages by the code that protobufjs generates for each type, without the plain
 * objects that proto-loader converts them from and to: enums are numbers, and 64-bit integers
 * objects. protobufjs's command line writes the same code into a file and calls it static.
 */
const contract = new protobuf.Root();
contract.resolvePath = (_from, path) =>
  path.startsWith('google/protobuf/') ? path : join(root, 'protos', path);
contract.loadSync('payments/v1/payments.proto').resolveAll();

export const paymentMessage = contract.lookupType('payments.v1.Payment');
const serviceName = 'payments.v1.PaymentService';

/** A method of the contract with its static codec. */
function methodOf(name: string, request: string): MethodDefinition<object, object> {
  const requestMessage = contract.lookupType(`payments.v1.${request}`);
  const codecOf = (type: protobuf.Type) => ({
    serialize: (message: object): Buffer => {
      const bytes = type.encode(message).finish();
      // In Node, protobufjs writes into buffers.
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    },
    deserialize: (bytes: Buffer): object => type.decode(bytes),
  });
  const [requests, responses] = [codecOf(requestMessage), codecOf(paymentMessage)];
  return {
    path: `/${serviceName}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: requests.serialize,
    requestDeserialize: requests.deserialize,
    responseSerialize: responses.serialize,
    responseDeserialize: responses.deserialize,
  };
}

export const methods = {
  read: methodOf('GetPayment', 'GetPaymentRequest'),
  create: methodOf('CreatePayment', 'CreatePaymentRequest'),
};
