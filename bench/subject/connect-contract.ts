import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  create,
  createFileRegistry,
  type DescMethod,
  type DescMethodUnary,
  fromBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { root } from './sources.ts';

/** The contract as `@bufbuild/protobuf` has it, whose codec `@connectrpc/connect` uses. */
const compiled = join(root, 'services/wire/protobuf/generated/descriptors.binpb');
const { file } = fromBinary(FileDescriptorSetSchema, readFileSync(compiled));
// The set is of several modules, which have files in common.
const files = new Map(file.map((one) => [one.name, one]));
const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [...files.values()] }));

const isUnary = (method: DescMethod | undefined): method is DescMethodUnary =>
  method?.methodKind === 'unary';

function unary(name: string): DescMethodUnary {
  const found = registry.getService('payments.v1.PaymentService')?.method[name];
  if (!isUnary(found)) throw new Error(`Expected a unary method, got ${name}.`);
  return found;
}

export const connectMethods = { read: unary('getPayment'), create: unary('createPayment') };
