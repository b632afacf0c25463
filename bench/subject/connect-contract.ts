import {
  create,
  createFileRegistry,
  type DescMethod,
  type DescMethodUnary,
  fromBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { fileDescriptors } from '../../services/grpc/descriptors.ts';

/** The contract as `@bufbuild/protobuf` has it, whose codec `@connectrpc/connect` uses. */
const files = new Map(
  fileDescriptors().map((bytes) => {
    const file = fromBinary(FileDescriptorProtoSchema, bytes);
    return [file.name, file];
  }),
);
const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [...files.values()] }));

const isUnary = (method: DescMethod | undefined): method is DescMethodUnary =>
  method?.methodKind === 'unary';

function unary(name: string): DescMethodUnary {
  const found = registry.getService('payments.v1.PaymentService')?.method[name];
  if (!isUnary(found)) throw new Error(`Expected a unary method, got ${name}.`);
  return found;
}

export const connectMethods = { read: unary('getPayment'), create: unary('createPayment') };
