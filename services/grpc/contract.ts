import { message, service } from '../wire/protobuf/contract.ts';

export const customerService = service('CustomerService');
export const eventService = service('EventService');
export const keyService = service('KeyService');
export const paymentService = service('PaymentService');
export const refundService = service('RefundService');

/** Status and its details (AIP-193), to and from bytes. */
export const rpc = {
  Status: message('google.rpc.Status'),
  ErrorInfo: message('google.rpc.ErrorInfo'),
  RetryInfo: message('google.rpc.RetryInfo'),
  QuotaFailure: message('google.rpc.QuotaFailure'),
  PreconditionFailure: message('google.rpc.PreconditionFailure'),
  BadRequest: message('google.rpc.BadRequest'),
} as const;
