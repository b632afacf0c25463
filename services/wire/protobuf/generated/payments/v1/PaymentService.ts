// Original file: protos/payments/v1/payments.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BatchGetPaymentsRequest as _payments_v1_BatchGetPaymentsRequest, BatchGetPaymentsRequest__Output as _payments_v1_BatchGetPaymentsRequest__Output } from '../../payments/v1/BatchGetPaymentsRequest.ts';
import type { BatchGetPaymentsResponse as _payments_v1_BatchGetPaymentsResponse, BatchGetPaymentsResponse__Output as _payments_v1_BatchGetPaymentsResponse__Output } from '../../payments/v1/BatchGetPaymentsResponse.ts';
import type { CancelPaymentRequest as _payments_v1_CancelPaymentRequest, CancelPaymentRequest__Output as _payments_v1_CancelPaymentRequest__Output } from '../../payments/v1/CancelPaymentRequest.ts';
import type { CapturePaymentRequest as _payments_v1_CapturePaymentRequest, CapturePaymentRequest__Output as _payments_v1_CapturePaymentRequest__Output } from '../../payments/v1/CapturePaymentRequest.ts';
import type { ConfirmPaymentRequest as _payments_v1_ConfirmPaymentRequest, ConfirmPaymentRequest__Output as _payments_v1_ConfirmPaymentRequest__Output } from '../../payments/v1/ConfirmPaymentRequest.ts';
import type { CreatePaymentRequest as _payments_v1_CreatePaymentRequest, CreatePaymentRequest__Output as _payments_v1_CreatePaymentRequest__Output } from '../../payments/v1/CreatePaymentRequest.ts';
import type { GetPaymentIfChangedRequest as _payments_v1_GetPaymentIfChangedRequest, GetPaymentIfChangedRequest__Output as _payments_v1_GetPaymentIfChangedRequest__Output } from '../../payments/v1/GetPaymentIfChangedRequest.ts';
import type { GetPaymentIfChangedResponse as _payments_v1_GetPaymentIfChangedResponse, GetPaymentIfChangedResponse__Output as _payments_v1_GetPaymentIfChangedResponse__Output } from '../../payments/v1/GetPaymentIfChangedResponse.ts';
import type { GetPaymentRequest as _payments_v1_GetPaymentRequest, GetPaymentRequest__Output as _payments_v1_GetPaymentRequest__Output } from '../../payments/v1/GetPaymentRequest.ts';
import type { ListPaymentsRequest as _payments_v1_ListPaymentsRequest, ListPaymentsRequest__Output as _payments_v1_ListPaymentsRequest__Output } from '../../payments/v1/ListPaymentsRequest.ts';
import type { ListPaymentsResponse as _payments_v1_ListPaymentsResponse, ListPaymentsResponse__Output as _payments_v1_ListPaymentsResponse__Output } from '../../payments/v1/ListPaymentsResponse.ts';
import type { Payment as _payments_v1_Payment, Payment__Output as _payments_v1_Payment__Output } from '../../payments/v1/Payment.ts';

export interface PaymentServiceClient extends grpc.Client {
  BatchGetPayments(argument: _payments_v1_BatchGetPaymentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_BatchGetPaymentsResponse__Output>): grpc.ClientUnaryCall;
  BatchGetPayments(argument: _payments_v1_BatchGetPaymentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_BatchGetPaymentsResponse__Output>): grpc.ClientUnaryCall;
  BatchGetPayments(argument: _payments_v1_BatchGetPaymentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_BatchGetPaymentsResponse__Output>): grpc.ClientUnaryCall;
  BatchGetPayments(argument: _payments_v1_BatchGetPaymentsRequest, callback: grpc.requestCallback<_payments_v1_BatchGetPaymentsResponse__Output>): grpc.ClientUnaryCall;
  batchGetPayments(argument: _payments_v1_BatchGetPaymentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_BatchGetPaymentsResponse__Output>): grpc.ClientUnaryCall;
  batchGetPayments(argument: _payments_v1_BatchGetPaymentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_BatchGetPaymentsResponse__Output>): grpc.ClientUnaryCall;
  batchGetPayments(argument: _payments_v1_BatchGetPaymentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_BatchGetPaymentsResponse__Output>): grpc.ClientUnaryCall;
  batchGetPayments(argument: _payments_v1_BatchGetPaymentsRequest, callback: grpc.requestCallback<_payments_v1_BatchGetPaymentsResponse__Output>): grpc.ClientUnaryCall;
  
  CancelPayment(argument: _payments_v1_CancelPaymentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  CancelPayment(argument: _payments_v1_CancelPaymentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  CancelPayment(argument: _payments_v1_CancelPaymentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  CancelPayment(argument: _payments_v1_CancelPaymentRequest, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  cancelPayment(argument: _payments_v1_CancelPaymentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  cancelPayment(argument: _payments_v1_CancelPaymentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  cancelPayment(argument: _payments_v1_CancelPaymentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  cancelPayment(argument: _payments_v1_CancelPaymentRequest, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  
  CapturePayment(argument: _payments_v1_CapturePaymentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  CapturePayment(argument: _payments_v1_CapturePaymentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  CapturePayment(argument: _payments_v1_CapturePaymentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  CapturePayment(argument: _payments_v1_CapturePaymentRequest, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  capturePayment(argument: _payments_v1_CapturePaymentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  capturePayment(argument: _payments_v1_CapturePaymentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  capturePayment(argument: _payments_v1_CapturePaymentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  capturePayment(argument: _payments_v1_CapturePaymentRequest, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  
  ConfirmPayment(argument: _payments_v1_ConfirmPaymentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  ConfirmPayment(argument: _payments_v1_ConfirmPaymentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  ConfirmPayment(argument: _payments_v1_ConfirmPaymentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  ConfirmPayment(argument: _payments_v1_ConfirmPaymentRequest, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  confirmPayment(argument: _payments_v1_ConfirmPaymentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  confirmPayment(argument: _payments_v1_ConfirmPaymentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  confirmPayment(argument: _payments_v1_ConfirmPaymentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  confirmPayment(argument: _payments_v1_ConfirmPaymentRequest, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  
  CreatePayment(argument: _payments_v1_CreatePaymentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  CreatePayment(argument: _payments_v1_CreatePaymentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  CreatePayment(argument: _payments_v1_CreatePaymentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  CreatePayment(argument: _payments_v1_CreatePaymentRequest, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  createPayment(argument: _payments_v1_CreatePaymentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  createPayment(argument: _payments_v1_CreatePaymentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  createPayment(argument: _payments_v1_CreatePaymentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  createPayment(argument: _payments_v1_CreatePaymentRequest, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  
  GetPayment(argument: _payments_v1_GetPaymentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  GetPayment(argument: _payments_v1_GetPaymentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  GetPayment(argument: _payments_v1_GetPaymentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  GetPayment(argument: _payments_v1_GetPaymentRequest, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  getPayment(argument: _payments_v1_GetPaymentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  getPayment(argument: _payments_v1_GetPaymentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  getPayment(argument: _payments_v1_GetPaymentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  getPayment(argument: _payments_v1_GetPaymentRequest, callback: grpc.requestCallback<_payments_v1_Payment__Output>): grpc.ClientUnaryCall;
  
  GetPaymentIfChanged(argument: _payments_v1_GetPaymentIfChangedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_GetPaymentIfChangedResponse__Output>): grpc.ClientUnaryCall;
  GetPaymentIfChanged(argument: _payments_v1_GetPaymentIfChangedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_GetPaymentIfChangedResponse__Output>): grpc.ClientUnaryCall;
  GetPaymentIfChanged(argument: _payments_v1_GetPaymentIfChangedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_GetPaymentIfChangedResponse__Output>): grpc.ClientUnaryCall;
  GetPaymentIfChanged(argument: _payments_v1_GetPaymentIfChangedRequest, callback: grpc.requestCallback<_payments_v1_GetPaymentIfChangedResponse__Output>): grpc.ClientUnaryCall;
  getPaymentIfChanged(argument: _payments_v1_GetPaymentIfChangedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_GetPaymentIfChangedResponse__Output>): grpc.ClientUnaryCall;
  getPaymentIfChanged(argument: _payments_v1_GetPaymentIfChangedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_GetPaymentIfChangedResponse__Output>): grpc.ClientUnaryCall;
  getPaymentIfChanged(argument: _payments_v1_GetPaymentIfChangedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_GetPaymentIfChangedResponse__Output>): grpc.ClientUnaryCall;
  getPaymentIfChanged(argument: _payments_v1_GetPaymentIfChangedRequest, callback: grpc.requestCallback<_payments_v1_GetPaymentIfChangedResponse__Output>): grpc.ClientUnaryCall;
  
  ListPayments(argument: _payments_v1_ListPaymentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListPaymentsResponse__Output>): grpc.ClientUnaryCall;
  ListPayments(argument: _payments_v1_ListPaymentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_ListPaymentsResponse__Output>): grpc.ClientUnaryCall;
  ListPayments(argument: _payments_v1_ListPaymentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListPaymentsResponse__Output>): grpc.ClientUnaryCall;
  ListPayments(argument: _payments_v1_ListPaymentsRequest, callback: grpc.requestCallback<_payments_v1_ListPaymentsResponse__Output>): grpc.ClientUnaryCall;
  listPayments(argument: _payments_v1_ListPaymentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListPaymentsResponse__Output>): grpc.ClientUnaryCall;
  listPayments(argument: _payments_v1_ListPaymentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_ListPaymentsResponse__Output>): grpc.ClientUnaryCall;
  listPayments(argument: _payments_v1_ListPaymentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListPaymentsResponse__Output>): grpc.ClientUnaryCall;
  listPayments(argument: _payments_v1_ListPaymentsRequest, callback: grpc.requestCallback<_payments_v1_ListPaymentsResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface PaymentServiceHandlers extends grpc.UntypedServiceImplementation {
  BatchGetPayments: grpc.handleUnaryCall<_payments_v1_BatchGetPaymentsRequest__Output, _payments_v1_BatchGetPaymentsResponse>;
  
  CancelPayment: grpc.handleUnaryCall<_payments_v1_CancelPaymentRequest__Output, _payments_v1_Payment>;
  
  CapturePayment: grpc.handleUnaryCall<_payments_v1_CapturePaymentRequest__Output, _payments_v1_Payment>;
  
  ConfirmPayment: grpc.handleUnaryCall<_payments_v1_ConfirmPaymentRequest__Output, _payments_v1_Payment>;
  
  CreatePayment: grpc.handleUnaryCall<_payments_v1_CreatePaymentRequest__Output, _payments_v1_Payment>;
  
  GetPayment: grpc.handleUnaryCall<_payments_v1_GetPaymentRequest__Output, _payments_v1_Payment>;
  
  GetPaymentIfChanged: grpc.handleUnaryCall<_payments_v1_GetPaymentIfChangedRequest__Output, _payments_v1_GetPaymentIfChangedResponse>;
  
  ListPayments: grpc.handleUnaryCall<_payments_v1_ListPaymentsRequest__Output, _payments_v1_ListPaymentsResponse>;
  
}

export interface PaymentServiceDefinition extends grpc.ServiceDefinition {
  BatchGetPayments: MethodDefinition<_payments_v1_BatchGetPaymentsRequest, _payments_v1_BatchGetPaymentsResponse, _payments_v1_BatchGetPaymentsRequest__Output, _payments_v1_BatchGetPaymentsResponse__Output>
  CancelPayment: MethodDefinition<_payments_v1_CancelPaymentRequest, _payments_v1_Payment, _payments_v1_CancelPaymentRequest__Output, _payments_v1_Payment__Output>
  CapturePayment: MethodDefinition<_payments_v1_CapturePaymentRequest, _payments_v1_Payment, _payments_v1_CapturePaymentRequest__Output, _payments_v1_Payment__Output>
  ConfirmPayment: MethodDefinition<_payments_v1_ConfirmPaymentRequest, _payments_v1_Payment, _payments_v1_ConfirmPaymentRequest__Output, _payments_v1_Payment__Output>
  CreatePayment: MethodDefinition<_payments_v1_CreatePaymentRequest, _payments_v1_Payment, _payments_v1_CreatePaymentRequest__Output, _payments_v1_Payment__Output>
  GetPayment: MethodDefinition<_payments_v1_GetPaymentRequest, _payments_v1_Payment, _payments_v1_GetPaymentRequest__Output, _payments_v1_Payment__Output>
  GetPaymentIfChanged: MethodDefinition<_payments_v1_GetPaymentIfChangedRequest, _payments_v1_GetPaymentIfChangedResponse, _payments_v1_GetPaymentIfChangedRequest__Output, _payments_v1_GetPaymentIfChangedResponse__Output>
  ListPayments: MethodDefinition<_payments_v1_ListPaymentsRequest, _payments_v1_ListPaymentsResponse, _payments_v1_ListPaymentsRequest__Output, _payments_v1_ListPaymentsResponse__Output>
}
