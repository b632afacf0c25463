import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { BatchGetCustomersRequest as _payments_v1_BatchGetCustomersRequest, BatchGetCustomersRequest__Output as _payments_v1_BatchGetCustomersRequest__Output } from './payments/v1/BatchGetCustomersRequest.ts';
import type { BatchGetCustomersResponse as _payments_v1_BatchGetCustomersResponse, BatchGetCustomersResponse__Output as _payments_v1_BatchGetCustomersResponse__Output } from './payments/v1/BatchGetCustomersResponse.ts';
import type { CreateCustomerRequest as _payments_v1_CreateCustomerRequest, CreateCustomerRequest__Output as _payments_v1_CreateCustomerRequest__Output } from './payments/v1/CreateCustomerRequest.ts';
import type { Customer as _payments_v1_Customer, Customer__Output as _payments_v1_Customer__Output } from './payments/v1/Customer.ts';
import type { CustomerServiceClient as _payments_v1_CustomerServiceClient, CustomerServiceDefinition as _payments_v1_CustomerServiceDefinition } from './payments/v1/CustomerService.ts';
import type { GetCustomerRequest as _payments_v1_GetCustomerRequest, GetCustomerRequest__Output as _payments_v1_GetCustomerRequest__Output } from './payments/v1/GetCustomerRequest.ts';
import type { ListCustomersRequest as _payments_v1_ListCustomersRequest, ListCustomersRequest__Output as _payments_v1_ListCustomersRequest__Output } from './payments/v1/ListCustomersRequest.ts';
import type { ListCustomersResponse as _payments_v1_ListCustomersResponse, ListCustomersResponse__Output as _payments_v1_ListCustomersResponse__Output } from './payments/v1/ListCustomersResponse.ts';

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
      CreateCustomerRequest: MessageTypeDefinition<_payments_v1_CreateCustomerRequest, _payments_v1_CreateCustomerRequest__Output>
      Customer: MessageTypeDefinition<_payments_v1_Customer, _payments_v1_Customer__Output>
      CustomerService: SubtypeConstructor<typeof grpc.Client, _payments_v1_CustomerServiceClient> & { service: _payments_v1_CustomerServiceDefinition }
      GetCustomerRequest: MessageTypeDefinition<_payments_v1_GetCustomerRequest, _payments_v1_GetCustomerRequest__Output>
      ListCustomersRequest: MessageTypeDefinition<_payments_v1_ListCustomersRequest, _payments_v1_ListCustomersRequest__Output>
      ListCustomersResponse: MessageTypeDefinition<_payments_v1_ListCustomersResponse, _payments_v1_ListCustomersResponse__Output>
    }
  }
}

