import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { BatchGetPaymentsRequest as _payments_v1_BatchGetPaymentsRequest, BatchGetPaymentsRequest__Output as _payments_v1_BatchGetPaymentsRequest__Output } from './payments/v1/BatchGetPaymentsRequest.ts';
import type { BatchGetPaymentsResponse as _payments_v1_BatchGetPaymentsResponse, BatchGetPaymentsResponse__Output as _payments_v1_BatchGetPaymentsResponse__Output } from './payments/v1/BatchGetPaymentsResponse.ts';
import type { CancelPaymentRequest as _payments_v1_CancelPaymentRequest, CancelPaymentRequest__Output as _payments_v1_CancelPaymentRequest__Output } from './payments/v1/CancelPaymentRequest.ts';
import type { CapturePaymentRequest as _payments_v1_CapturePaymentRequest, CapturePaymentRequest__Output as _payments_v1_CapturePaymentRequest__Output } from './payments/v1/CapturePaymentRequest.ts';
import type { ConfirmPaymentRequest as _payments_v1_ConfirmPaymentRequest, ConfirmPaymentRequest__Output as _payments_v1_ConfirmPaymentRequest__Output } from './payments/v1/ConfirmPaymentRequest.ts';
import type { CreatePaymentRequest as _payments_v1_CreatePaymentRequest, CreatePaymentRequest__Output as _payments_v1_CreatePaymentRequest__Output } from './payments/v1/CreatePaymentRequest.ts';
import type { GetPaymentIfChangedRequest as _payments_v1_GetPaymentIfChangedRequest, GetPaymentIfChangedRequest__Output as _payments_v1_GetPaymentIfChangedRequest__Output } from './payments/v1/GetPaymentIfChangedRequest.ts';
import type { GetPaymentIfChangedResponse as _payments_v1_GetPaymentIfChangedResponse, GetPaymentIfChangedResponse__Output as _payments_v1_GetPaymentIfChangedResponse__Output } from './payments/v1/GetPaymentIfChangedResponse.ts';
import type { GetPaymentRequest as _payments_v1_GetPaymentRequest, GetPaymentRequest__Output as _payments_v1_GetPaymentRequest__Output } from './payments/v1/GetPaymentRequest.ts';
import type { ListPaymentsRequest as _payments_v1_ListPaymentsRequest, ListPaymentsRequest__Output as _payments_v1_ListPaymentsRequest__Output } from './payments/v1/ListPaymentsRequest.ts';
import type { ListPaymentsResponse as _payments_v1_ListPaymentsResponse, ListPaymentsResponse__Output as _payments_v1_ListPaymentsResponse__Output } from './payments/v1/ListPaymentsResponse.ts';
import type { Payment as _payments_v1_Payment, Payment__Output as _payments_v1_Payment__Output } from './payments/v1/Payment.ts';
import type { PaymentFailure as _payments_v1_PaymentFailure, PaymentFailure__Output as _payments_v1_PaymentFailure__Output } from './payments/v1/PaymentFailure.ts';
import type { PaymentServiceClient as _payments_v1_PaymentServiceClient, PaymentServiceDefinition as _payments_v1_PaymentServiceDefinition } from './payments/v1/PaymentService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  payments: {
    v1: {
      BatchGetPaymentsRequest: MessageTypeDefinition<_payments_v1_BatchGetPaymentsRequest, _payments_v1_BatchGetPaymentsRequest__Output>
      BatchGetPaymentsResponse: MessageTypeDefinition<_payments_v1_BatchGetPaymentsResponse, _payments_v1_BatchGetPaymentsResponse__Output>
      CancelPaymentRequest: MessageTypeDefinition<_payments_v1_CancelPaymentRequest, _payments_v1_CancelPaymentRequest__Output>
      CaptureMethod: EnumTypeDefinition
      CapturePaymentRequest: MessageTypeDefinition<_payments_v1_CapturePaymentRequest, _payments_v1_CapturePaymentRequest__Output>
      ConfirmPaymentRequest: MessageTypeDefinition<_payments_v1_ConfirmPaymentRequest, _payments_v1_ConfirmPaymentRequest__Output>
      CreatePaymentRequest: MessageTypeDefinition<_payments_v1_CreatePaymentRequest, _payments_v1_CreatePaymentRequest__Output>
      DeclineCode: EnumTypeDefinition
      GetPaymentIfChangedRequest: MessageTypeDefinition<_payments_v1_GetPaymentIfChangedRequest, _payments_v1_GetPaymentIfChangedRequest__Output>
      GetPaymentIfChangedResponse: MessageTypeDefinition<_payments_v1_GetPaymentIfChangedResponse, _payments_v1_GetPaymentIfChangedResponse__Output>
      GetPaymentRequest: MessageTypeDefinition<_payments_v1_GetPaymentRequest, _payments_v1_GetPaymentRequest__Output>
      ListPaymentsRequest: MessageTypeDefinition<_payments_v1_ListPaymentsRequest, _payments_v1_ListPaymentsRequest__Output>
      ListPaymentsResponse: MessageTypeDefinition<_payments_v1_ListPaymentsResponse, _payments_v1_ListPaymentsResponse__Output>
      Payment: MessageTypeDefinition<_payments_v1_Payment, _payments_v1_Payment__Output>
      PaymentFailure: MessageTypeDefinition<_payments_v1_PaymentFailure, _payments_v1_PaymentFailure__Output>
      PaymentService: SubtypeConstructor<typeof grpc.Client, _payments_v1_PaymentServiceClient> & { service: _payments_v1_PaymentServiceDefinition }
      PaymentStatus: EnumTypeDefinition
    }
  }
}

