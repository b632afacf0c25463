import { message } from '../wire/protobuf/contract.ts';

/** Status and its details (AIP-193), to and from bytes. */
export const rpc = {
  Status: message('google.rpc.Status'),
  ErrorInfo: message('google.rpc.ErrorInfo'),
  RetryInfo: message('google.rpc.RetryInfo'),
  QuotaFailure: message('google.rpc.QuotaFailure'),
  PreconditionFailure: message('google.rpc.PreconditionFailure'),
  BadRequest: message('google.rpc.BadRequest'),
} as const;
