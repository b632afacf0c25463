// Original file: protos/payments/v1/keys.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateKeyRequest as _payments_v1_CreateKeyRequest, CreateKeyRequest__Output as _payments_v1_CreateKeyRequest__Output } from '../../payments/v1/CreateKeyRequest.ts';
import type { Key as _payments_v1_Key, Key__Output as _payments_v1_Key__Output } from '../../payments/v1/Key.ts';
import type { RevokeKeyRequest as _payments_v1_RevokeKeyRequest, RevokeKeyRequest__Output as _payments_v1_RevokeKeyRequest__Output } from '../../payments/v1/RevokeKeyRequest.ts';

export interface KeyServiceClient extends grpc.Client {
  CreateKey(argument: _payments_v1_CreateKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  CreateKey(argument: _payments_v1_CreateKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  CreateKey(argument: _payments_v1_CreateKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  CreateKey(argument: _payments_v1_CreateKeyRequest, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  createKey(argument: _payments_v1_CreateKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  createKey(argument: _payments_v1_CreateKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  createKey(argument: _payments_v1_CreateKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  createKey(argument: _payments_v1_CreateKeyRequest, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  
  RevokeKey(argument: _payments_v1_RevokeKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  RevokeKey(argument: _payments_v1_RevokeKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  RevokeKey(argument: _payments_v1_RevokeKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  RevokeKey(argument: _payments_v1_RevokeKeyRequest, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  revokeKey(argument: _payments_v1_RevokeKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  revokeKey(argument: _payments_v1_RevokeKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  revokeKey(argument: _payments_v1_RevokeKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  revokeKey(argument: _payments_v1_RevokeKeyRequest, callback: grpc.requestCallback<_payments_v1_Key__Output>): grpc.ClientUnaryCall;
  
}

export interface KeyServiceHandlers extends grpc.UntypedServiceImplementation {
  CreateKey: grpc.handleUnaryCall<_payments_v1_CreateKeyRequest__Output, _payments_v1_Key>;
  
  RevokeKey: grpc.handleUnaryCall<_payments_v1_RevokeKeyRequest__Output, _payments_v1_Key>;
  
}

export interface KeyServiceDefinition extends grpc.ServiceDefinition {
  CreateKey: MethodDefinition<_payments_v1_CreateKeyRequest, _payments_v1_Key, _payments_v1_CreateKeyRequest__Output, _payments_v1_Key__Output>
  RevokeKey: MethodDefinition<_payments_v1_RevokeKeyRequest, _payments_v1_Key, _payments_v1_RevokeKeyRequest__Output, _payments_v1_Key__Output>
}
