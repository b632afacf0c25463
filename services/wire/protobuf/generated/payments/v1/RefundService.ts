// Original file: protos/payments/v1/refunds.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BatchListRefundsRequest as _payments_v1_BatchListRefundsRequest, BatchListRefundsRequest__Output as _payments_v1_BatchListRefundsRequest__Output } from '../../payments/v1/BatchListRefundsRequest.ts';
import type { BatchListRefundsResponse as _payments_v1_BatchListRefundsResponse, BatchListRefundsResponse__Output as _payments_v1_BatchListRefundsResponse__Output } from '../../payments/v1/BatchListRefundsResponse.ts';
import type { CreateRefundRequest as _payments_v1_CreateRefundRequest, CreateRefundRequest__Output as _payments_v1_CreateRefundRequest__Output } from '../../payments/v1/CreateRefundRequest.ts';
import type { GetRefundRequest as _payments_v1_GetRefundRequest, GetRefundRequest__Output as _payments_v1_GetRefundRequest__Output } from '../../payments/v1/GetRefundRequest.ts';
import type { ListRefundsRequest as _payments_v1_ListRefundsRequest, ListRefundsRequest__Output as _payments_v1_ListRefundsRequest__Output } from '../../payments/v1/ListRefundsRequest.ts';
import type { ListRefundsResponse as _payments_v1_ListRefundsResponse, ListRefundsResponse__Output as _payments_v1_ListRefundsResponse__Output } from '../../payments/v1/ListRefundsResponse.ts';
import type { Refund as _payments_v1_Refund, Refund__Output as _payments_v1_Refund__Output } from '../../payments/v1/Refund.ts';

export interface RefundServiceClient extends grpc.Client {
  BatchListRefunds(argument: _payments_v1_BatchListRefundsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_BatchListRefundsResponse__Output>): grpc.ClientUnaryCall;
  BatchListRefunds(argument: _payments_v1_BatchListRefundsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_BatchListRefundsResponse__Output>): grpc.ClientUnaryCall;
  BatchListRefunds(argument: _payments_v1_BatchListRefundsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_BatchListRefundsResponse__Output>): grpc.ClientUnaryCall;
  BatchListRefunds(argument: _payments_v1_BatchListRefundsRequest, callback: grpc.requestCallback<_payments_v1_BatchListRefundsResponse__Output>): grpc.ClientUnaryCall;
  batchListRefunds(argument: _payments_v1_BatchListRefundsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_BatchListRefundsResponse__Output>): grpc.ClientUnaryCall;
  batchListRefunds(argument: _payments_v1_BatchListRefundsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_BatchListRefundsResponse__Output>): grpc.ClientUnaryCall;
  batchListRefunds(argument: _payments_v1_BatchListRefundsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_BatchListRefundsResponse__Output>): grpc.ClientUnaryCall;
  batchListRefunds(argument: _payments_v1_BatchListRefundsRequest, callback: grpc.requestCallback<_payments_v1_BatchListRefundsResponse__Output>): grpc.ClientUnaryCall;
  
  CreateRefund(argument: _payments_v1_CreateRefundRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  CreateRefund(argument: _payments_v1_CreateRefundRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  CreateRefund(argument: _payments_v1_CreateRefundRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  CreateRefund(argument: _payments_v1_CreateRefundRequest, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  createRefund(argument: _payments_v1_CreateRefundRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  createRefund(argument: _payments_v1_CreateRefundRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  createRefund(argument: _payments_v1_CreateRefundRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  createRefund(argument: _payments_v1_CreateRefundRequest, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  
  GetRefund(argument: _payments_v1_GetRefundRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  GetRefund(argument: _payments_v1_GetRefundRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  GetRefund(argument: _payments_v1_GetRefundRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  GetRefund(argument: _payments_v1_GetRefundRequest, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  getRefund(argument: _payments_v1_GetRefundRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  getRefund(argument: _payments_v1_GetRefundRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  getRefund(argument: _payments_v1_GetRefundRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  getRefund(argument: _payments_v1_GetRefundRequest, callback: grpc.requestCallback<_payments_v1_Refund__Output>): grpc.ClientUnaryCall;
  
  ListRefunds(argument: _payments_v1_ListRefundsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListRefundsResponse__Output>): grpc.ClientUnaryCall;
  ListRefunds(argument: _payments_v1_ListRefundsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_ListRefundsResponse__Output>): grpc.ClientUnaryCall;
  ListRefunds(argument: _payments_v1_ListRefundsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListRefundsResponse__Output>): grpc.ClientUnaryCall;
  ListRefunds(argument: _payments_v1_ListRefundsRequest, callback: grpc.requestCallback<_payments_v1_ListRefundsResponse__Output>): grpc.ClientUnaryCall;
  listRefunds(argument: _payments_v1_ListRefundsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListRefundsResponse__Output>): grpc.ClientUnaryCall;
  listRefunds(argument: _payments_v1_ListRefundsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_ListRefundsResponse__Output>): grpc.ClientUnaryCall;
  listRefunds(argument: _payments_v1_ListRefundsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListRefundsResponse__Output>): grpc.ClientUnaryCall;
  listRefunds(argument: _payments_v1_ListRefundsRequest, callback: grpc.requestCallback<_payments_v1_ListRefundsResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface RefundServiceHandlers extends grpc.UntypedServiceImplementation {
  BatchListRefunds: grpc.handleUnaryCall<_payments_v1_BatchListRefundsRequest__Output, _payments_v1_BatchListRefundsResponse>;
  
  CreateRefund: grpc.handleUnaryCall<_payments_v1_CreateRefundRequest__Output, _payments_v1_Refund>;
  
  GetRefund: grpc.handleUnaryCall<_payments_v1_GetRefundRequest__Output, _payments_v1_Refund>;
  
  ListRefunds: grpc.handleUnaryCall<_payments_v1_ListRefundsRequest__Output, _payments_v1_ListRefundsResponse>;
  
}

export interface RefundServiceDefinition extends grpc.ServiceDefinition {
  BatchListRefunds: MethodDefinition<_payments_v1_BatchListRefundsRequest, _payments_v1_BatchListRefundsResponse, _payments_v1_BatchListRefundsRequest__Output, _payments_v1_BatchListRefundsResponse__Output>
  CreateRefund: MethodDefinition<_payments_v1_CreateRefundRequest, _payments_v1_Refund, _payments_v1_CreateRefundRequest__Output, _payments_v1_Refund__Output>
  GetRefund: MethodDefinition<_payments_v1_GetRefundRequest, _payments_v1_Refund, _payments_v1_GetRefundRequest__Output, _payments_v1_Refund__Output>
  ListRefunds: MethodDefinition<_payments_v1_ListRefundsRequest, _payments_v1_ListRefundsResponse, _payments_v1_ListRefundsRequest__Output, _payments_v1_ListRefundsResponse__Output>
}
