import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { BatchGetCustomersRequest as _payments_v1_BatchGetCustomersRequest, BatchGetCustomersRequest__Output as _payments_v1_BatchGetCustomersRequest__Output } from './payments/v1/BatchGetCustomersRequest.ts';
import type { BatchGetCustomersResponse as _payments_v1_BatchGetCustomersResponse, BatchGetCustomersResponse__Output as _payments_v1_BatchGetCustomersResponse__Output } from './payments/v1/BatchGetCustomersResponse.ts';
import type { BatchGetPaymentsRequest as _payments_v1_BatchGetPaymentsRequest, BatchGetPaymentsRequest__Output as _payments_v1_BatchGetPaymentsRequest__Output } from './payments/v1/BatchGetPaymentsRequest.ts';
import type { BatchGetPaymentsResponse as _payments_v1_BatchGetPaymentsResponse, BatchGetPaymentsResponse__Output as _payments_v1_BatchGetPaymentsResponse__Output } from './payments/v1/BatchGetPaymentsResponse.ts';
import type { BatchListRefundsRequest as _payments_v1_BatchListRefundsRequest, BatchListRefundsRequest__Output as _payments_v1_BatchListRefundsRequest__Output } from './payments/v1/BatchListRefundsRequest.ts';
import type { BatchListRefundsResponse as _payments_v1_BatchListRefundsResponse, BatchListRefundsResponse__Output as _payments_v1_BatchListRefundsResponse__Output } from './payments/v1/BatchListRefundsResponse.ts';
import type { CancelPaymentRequest as _payments_v1_CancelPaymentRequest, CancelPaymentRequest__Output as _payments_v1_CancelPaymentRequest__Output } from './payments/v1/CancelPaymentRequest.ts';
import type { CapturePaymentRequest as _payments_v1_CapturePaymentRequest, CapturePaymentRequest__Output as _payments_v1_CapturePaymentRequest__Output } from './payments/v1/CapturePaymentRequest.ts';
import type { ConfirmPaymentRequest as _payments_v1_ConfirmPaymentRequest, ConfirmPaymentRequest__Output as _payments_v1_ConfirmPaymentRequest__Output } from './payments/v1/ConfirmPaymentRequest.ts';
import type { CreateCustomerRequest as _payments_v1_CreateCustomerRequest, CreateCustomerRequest__Output as _payments_v1_CreateCustomerRequest__Output } from './payments/v1/CreateCustomerRequest.ts';
import type { CreatePaymentRequest as _payments_v1_CreatePaymentRequest, CreatePaymentRequest__Output as _payments_v1_CreatePaymentRequest__Output } from './payments/v1/CreatePaymentRequest.ts';
import type { CreateRefundRequest as _payments_v1_CreateRefundRequest, CreateRefundRequest__Output as _payments_v1_CreateRefundRequest__Output } from './payments/v1/CreateRefundRequest.ts';
import type { Customer as _payments_v1_Customer, Customer__Output as _payments_v1_Customer__Output } from './payments/v1/Customer.ts';
import type { CustomerServiceClient as _payments_v1_CustomerServiceClient, CustomerServiceDefinition as _payments_v1_CustomerServiceDefinition } from './payments/v1/CustomerService.ts';
import type { Event as _payments_v1_Event, Event__Output as _payments_v1_Event__Output } from './payments/v1/Event.ts';
import type { EventServiceClient as _payments_v1_EventServiceClient, EventServiceDefinition as _payments_v1_EventServiceDefinition } from './payments/v1/EventService.ts';
import type { GetCustomerRequest as _payments_v1_GetCustomerRequest, GetCustomerRequest__Output as _payments_v1_GetCustomerRequest__Output } from './payments/v1/GetCustomerRequest.ts';
import type { GetPaymentIfChangedRequest as _payments_v1_GetPaymentIfChangedRequest, GetPaymentIfChangedRequest__Output as _payments_v1_GetPaymentIfChangedRequest__Output } from './payments/v1/GetPaymentIfChangedRequest.ts';
import type { GetPaymentIfChangedResponse as _payments_v1_GetPaymentIfChangedResponse, GetPaymentIfChangedResponse__Output as _payments_v1_GetPaymentIfChangedResponse__Output } from './payments/v1/GetPaymentIfChangedResponse.ts';
import type { GetPaymentRequest as _payments_v1_GetPaymentRequest, GetPaymentRequest__Output as _payments_v1_GetPaymentRequest__Output } from './payments/v1/GetPaymentRequest.ts';
import type { GetRefundRequest as _payments_v1_GetRefundRequest, GetRefundRequest__Output as _payments_v1_GetRefundRequest__Output } from './payments/v1/GetRefundRequest.ts';
import type { ListCustomersRequest as _payments_v1_ListCustomersRequest, ListCustomersRequest__Output as _payments_v1_ListCustomersRequest__Output } from './payments/v1/ListCustomersRequest.ts';
import type { ListCustomersResponse as _payments_v1_ListCustomersResponse, ListCustomersResponse__Output as _payments_v1_ListCustomersResponse__Output } from './payments/v1/ListCustomersResponse.ts';
import type { ListEventsRequest as _payments_v1_ListEventsRequest, ListEventsRequest__Output as _payments_v1_ListEventsRequest__Output } from './payments/v1/ListEventsRequest.ts';
import type { ListEventsResponse as _payments_v1_ListEventsResponse, ListEventsResponse__Output as _payments_v1_ListEventsResponse__Output } from './payments/v1/ListEventsResponse.ts';
import type { ListPaymentsRequest as _payments_v1_ListPaymentsRequest, ListPaymentsRequest__Output as _payments_v1_ListPaymentsRequest__Output } from './payments/v1/ListPaymentsRequest.ts';
import type { ListPaymentsResponse as _payments_v1_ListPaymentsResponse, ListPaymentsResponse__Output as _payments_v1_ListPaymentsResponse__Output } from './payments/v1/ListPaymentsResponse.ts';
import type { ListRefundsRequest as _payments_v1_ListRefundsRequest, ListRefundsRequest__Output as _payments_v1_ListRefundsRequest__Output } from './payments/v1/ListRefundsRequest.ts';
import type { ListRefundsResponse as _payments_v1_ListRefundsResponse, ListRefundsResponse__Output as _payments_v1_ListRefundsResponse__Output } from './payments/v1/ListRefundsResponse.ts';
import type { Payment as _payments_v1_Payment, Payment__Output as _payments_v1_Payment__Output } from './payments/v1/Payment.ts';
import type { PaymentFailure as _payments_v1_PaymentFailure, PaymentFailure__Output as _payments_v1_PaymentFailure__Output } from './payments/v1/PaymentFailure.ts';
import type { PaymentServiceClient as _payments_v1_PaymentServiceClient, PaymentServiceDefinition as _payments_v1_PaymentServiceDefinition } from './payments/v1/PaymentService.ts';
import type { Refund as _payments_v1_Refund, Refund__Output as _payments_v1_Refund__Output } from './payments/v1/Refund.ts';
import type { RefundServiceClient as _payments_v1_RefundServiceClient, RefundServiceDefinition as _payments_v1_RefundServiceDefinition } from './payments/v1/RefundService.ts';
import type { WatchEventsRequest as _payments_v1_WatchEventsRequest, WatchEventsRequest__Output as _payments_v1_WatchEventsRequest__Output } from './payments/v1/WatchEventsRequest.ts';

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
      BatchGetCustomersRequest: MessageTypeDefinition<_payments_v1_BatchGetCustomersRequest, _payments_v1_BatchGetCustomersRequest__Output>
      BatchGetCustomersResponse: MessageTypeDefinition<_payments_v1_BatchGetCustomersResponse, _payments_v1_BatchGetCustomersResponse__Output>
      BatchGetPaymentsRequest: MessageTypeDefinition<_payments_v1_BatchGetPaymentsRequest, _payments_v1_BatchGetPaymentsRequest__Output>
      BatchGetPaymentsResponse: MessageTypeDefinition<_payments_v1_BatchGetPaymentsResponse, _payments_v1_BatchGetPaymentsResponse__Output>
      BatchListRefundsRequest: MessageTypeDefinition<_payments_v1_BatchListRefundsRequest, _payments_v1_BatchListRefundsRequest__Output>
      BatchListRefundsResponse: MessageTypeDefinition<_payments_v1_BatchListRefundsResponse, _payments_v1_BatchListRefundsResponse__Output>
      CancelPaymentRequest: MessageTypeDefinition<_payments_v1_CancelPaymentRequest, _payments_v1_CancelPaymentRequest__Output>
      CaptureMethod: EnumTypeDefinition
      CapturePaymentRequest: MessageTypeDefinition<_payments_v1_CapturePaymentRequest, _payments_v1_CapturePaymentRequest__Output>
      ConfirmPaymentRequest: MessageTypeDefinition<_payments_v1_ConfirmPaymentRequest, _payments_v1_ConfirmPaymentRequest__Output>
      CreateCustomerRequest: MessageTypeDefinition<_payments_v1_CreateCustomerRequest, _payments_v1_CreateCustomerRequest__Output>
      CreatePaymentRequest: MessageTypeDefinition<_payments_v1_CreatePaymentRequest, _payments_v1_CreatePaymentRequest__Output>
      CreateRefundRequest: MessageTypeDefinition<_payments_v1_CreateRefundRequest, _payments_v1_CreateRefundRequest__Output>
      Customer: MessageTypeDefinition<_payments_v1_Customer, _payments_v1_Customer__Output>
      CustomerService: SubtypeConstructor<typeof grpc.Client, _payments_v1_CustomerServiceClient> & { service: _payments_v1_CustomerServiceDefinition }
      DeclineCode: EnumTypeDefinition
      Event: MessageTypeDefinition<_payments_v1_Event, _payments_v1_Event__Output>
      EventService: SubtypeConstructor<typeof grpc.Client, _payments_v1_EventServiceClient> & { service: _payments_v1_EventServiceDefinition }
      EventType: EnumTypeDefinition
      GetCustomerRequest: MessageTypeDefinition<_payments_v1_GetCustomerRequest, _payments_v1_GetCustomerRequest__Output>
      GetPaymentIfChangedRequest: MessageTypeDefinition<_payments_v1_GetPaymentIfChangedRequest, _payments_v1_GetPaymentIfChangedRequest__Output>
      GetPaymentIfChangedResponse: MessageTypeDefinition<_payments_v1_GetPaymentIfChangedResponse, _payments_v1_GetPaymentIfChangedResponse__Output>
      GetPaymentRequest: MessageTypeDefinition<_payments_v1_GetPaymentRequest, _payments_v1_GetPaymentRequest__Output>
      GetRefundRequest: MessageTypeDefinition<_payments_v1_GetRefundRequest, _payments_v1_GetRefundRequest__Output>
      ListCustomersRequest: MessageTypeDefinition<_payments_v1_ListCustomersRequest, _payments_v1_ListCustomersRequest__Output>
      ListCustomersResponse: MessageTypeDefinition<_payments_v1_ListCustomersResponse, _payments_v1_ListCustomersResponse__Output>
      ListEventsRequest: MessageTypeDefinition<_payments_v1_ListEventsRequest, _payments_v1_ListEventsRequest__Output>
      ListEventsResponse: MessageTypeDefinition<_payments_v1_ListEventsResponse, _payments_v1_ListEventsResponse__Output>
      ListPaymentsRequest: MessageTypeDefinition<_payments_v1_ListPaymentsRequest, _payments_v1_ListPaymentsRequest__Output>
      ListPaymentsResponse: MessageTypeDefinition<_payments_v1_ListPaymentsResponse, _payments_v1_ListPaymentsResponse__Output>
      ListRefundsRequest: MessageTypeDefinition<_payments_v1_ListRefundsRequest, _payments_v1_ListRefundsRequest__Output>
      ListRefundsResponse: MessageTypeDefinition<_payments_v1_ListRefundsResponse, _payments_v1_ListRefundsResponse__Output>
      Payment: MessageTypeDefinition<_payments_v1_Payment, _payments_v1_Payment__Output>
      PaymentFailure: MessageTypeDefinition<_payments_v1_PaymentFailure, _payments_v1_PaymentFailure__Output>
      PaymentService: SubtypeConstructor<typeof grpc.Client, _payments_v1_PaymentServiceClient> & { service: _payments_v1_PaymentServiceDefinition }
      PaymentStatus: EnumTypeDefinition
      Refund: MessageTypeDefinition<_payments_v1_Refund, _payments_v1_Refund__Output>
      RefundService: SubtypeConstructor<typeof grpc.Client, _payments_v1_RefundServiceClient> & { service: _payments_v1_RefundServiceDefinition }
      WatchEventsRequest: MessageTypeDefinition<_payments_v1_WatchEventsRequest, _payments_v1_WatchEventsRequest__Output>
    }
  }
}

