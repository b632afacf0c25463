import { join } from 'node:path';
import { loadSync, type MessageTypeDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import type { ProtoGrpcType as Customers } from './generated/customers.ts';
import type { ProtoGrpcType as ErrorDetails } from './generated/error_details.ts';
import type { ProtoGrpcType as Events } from './generated/events.ts';
import type { ProtoGrpcType as Keys } from './generated/keys.ts';
import type { ProtoGrpcType as Payments } from './generated/payments.ts';
import type { ProtoGrpcType as Refunds } from './generated/refunds.ts';
import type { ProtoGrpcType as Statuses } from './generated/status.ts';
import { type Package, shapeOf } from './shape.ts';
import { checkMessage, type Unknown } from './strict.ts';

export const protosDirectory = join(import.meta.dirname, '../../../protos');

export const protoFiles = [
  'payments/v1/customers.proto',
  'payments/v1/events.proto',
  'payments/v1/keys.proto',
  'payments/v1/payments.proto',
  'payments/v1/refunds.proto',
  'google/rpc/error_details.proto',
  'google/rpc/status.proto',
] as const;

/**
 * The contract as loaded from `protos/`. A field that was not sent has its default value; an
 * `optional` one is absent. The longs that this system uses fit into a number; a larger one becomes
 * a number that is not a safe integer, which core refuses.
 */
const packageDefinition = loadSync([...protoFiles], {
  includeDirs: [protosDirectory],
  longs: Number,
  enums: String,
  defaults: true,
});

export type Definitions = Customers['payments']['v1'] &
  Events['payments']['v1'] &
  Keys['payments']['v1'] &
  Payments['payments']['v1'] &
  Refunds['payments']['v1'];

type ServiceOf<Name extends keyof Definitions> = Definitions[Name] extends {
  service: infer Service;
}
  ? Service
  : never;

type Deserialize<Read> = (bytes: Buffer) => Read;

/** Reads messages that come from outside. @throws PaymentsError if the bytes are malformed */
function strictly<Read>(
  type: object,
  deserialize: Deserialize<Read>,
  unknown: Unknown,
  contract: Package = packageDefinition,
): Deserialize<Read> {
  const shape = shapeOf(contract, type);
  return (bytes) => {
    checkMessage(shape, bytes, unknown);
    return deserialize(bytes);
  };
}

/**
 * A service of the contract. Its requests are checked before they are read; fields that the
 * contract does not have are ignored, as proto3 requires.
 */
export function service<Name extends keyof Definitions>(name: Name): ServiceOf<Name> {
  const methods = packageDefinition[`payments.v1.${name}`] as ServiceDefinition;
  // The types that proto-loader generated from the files declare what each name holds.
  return strictService(methods, packageDefinition) as unknown as ServiceOf<Name>;
}

/**
 * Makes a service whose requests are checked in the same way.
 *
 * @param contract the messages that its requests hold
 */
export function strictService(methods: ServiceDefinition, contract: Package): ServiceDefinition {
  const strict = Object.entries(methods).map(([method, definition]) => {
    const { type } = definition.requestType;
    const read = strictly(type, definition.requestDeserialize, 'passed over', contract);
    return [method, { ...definition, requestDeserialize: read }];
  });
  return Object.fromEntries(strict);
}

export const customerService = service('CustomerService');
export const eventService = service('EventService');
export const keyService = service('KeyService');
export const paymentService = service('PaymentService');
export const refundService = service('RefundService');

type Rpc = ErrorDetails['google']['rpc'] & Statuses['google']['rpc'];

type Named = {
  readonly [Name in keyof Definitions as `payments.v1.${Name}`]: Definitions[Name];
} & { readonly [Name in keyof Rpc as `google.rpc.${Name}`]: Rpc[Name] };

export type MessageName = keyof Named;

type Codec<Definition> =
  Definition extends MessageTypeDefinition<infer Given, infer Read>
    ? { serialize(message: Given): Buffer<ArrayBuffer>; deserialize(bytes: Buffer): Read }
    : never;

/** A message of the contract, to and from bytes, as the server and its clients send it. */
export const message = <Name extends MessageName>(name: Name) =>
  packageDefinition[name] as unknown as Codec<Named[Name]>;

/** A message as a body. A field that the contract does not have is refused by its number. */
export function requestMessage<Name extends MessageName>(name: Name): Codec<Named[Name]> {
  const definition = packageDefinition[name] as MessageTypeDefinition<object, object>;
  const deserialize = strictly(definition.type, definition.deserialize, 'refused');
  // The codec of this name, after a check.
  return { serialize: definition.serialize, deserialize } as Codec<Named[Name]>;
}
