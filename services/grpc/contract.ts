import { join } from 'node:path';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import type { ProtoGrpcType as Customers } from './generated/customers.ts';
import type { ProtoGrpcType as ErrorDetails } from './generated/error_details.ts';
import type { ProtoGrpcType as Events } from './generated/events.ts';
import type { ProtoGrpcType as Keys } from './generated/keys.ts';
import type { ProtoGrpcType as Payments } from './generated/payments.ts';
import type { ProtoGrpcType as Refunds } from './generated/refunds.ts';
import type { ProtoGrpcType as Statuses } from './generated/status.ts';

export const protosDirectory = join(import.meta.dirname, '../../protos');

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
 * The contract as loaded from `protos/`. A field that was not sent has its default value, those
 * that are `optional` in the contract are absent. The longs that this system uses fit a number;
 * one that does not comes out as a number that is not a safe integer, which core refuses.
 */
export const packageDefinition = loadSync([...protoFiles], {
  includeDirs: [protosDirectory],
  longs: Number,
  enums: String,
  defaults: true,
});

type Definitions = Customers['payments']['v1'] &
  Events['payments']['v1'] &
  Keys['payments']['v1'] &
  Payments['payments']['v1'] &
  Refunds['payments']['v1'];

type ServiceOf<Name extends keyof Definitions> = Definitions[Name] extends {
  service: infer Service;
}
  ? Service
  : never;

// proto-loader answers a dictionary of definitions; what stands under which name is known from
// the types that it generated of the same files.
const service = <Name extends keyof Definitions>(name: Name) =>
  packageDefinition[`payments.v1.${name}`] as unknown as ServiceOf<Name>;

export const customerService = service('CustomerService');
export const eventService = service('EventService');
export const keyService = service('KeyService');
export const paymentService = service('PaymentService');
export const refundService = service('RefundService');

type Rpc = ErrorDetails['google']['rpc'] & Statuses['google']['rpc'];

type Codec<Name extends keyof Rpc> =
  Rpc[Name] extends MessageTypeDefinition<infer Given, infer Read>
    ? { serialize(message: Given): Buffer; deserialize(bytes: Buffer): Read }
    : never;

const message = <Name extends keyof Rpc>(name: Name) =>
  packageDefinition[`google.rpc.${name}`] as unknown as Codec<Name>;

/** Status and its details (AIP-193), to and from bytes. */
export const rpc = {
  Status: message('Status'),
  ErrorInfo: message('ErrorInfo'),
  RetryInfo: message('RetryInfo'),
  QuotaFailure: message('QuotaFailure'),
  PreconditionFailure: message('PreconditionFailure'),
  BadRequest: message('BadRequest'),
} as const;
