// Original file: protos/payments/v1/customers.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BatchGetCustomersRequest as _payments_v1_BatchGetCustomersRequest, BatchGetCustomersRequest__Output as _payments_v1_BatchGetCustomersRequest__Output } from '../../payments/v1/BatchGetCustomersRequest.ts';
import type { BatchGetCustomersResponse as _payments_v1_BatchGetCustomersResponse, BatchGetCustomersResponse__Output as _payments_v1_BatchGetCustomersResponse__Output } from '../../payments/v1/BatchGetCustomersResponse.ts';
import type { CreateCustomerRequest as _payments_v1_CreateCustomerRequest, CreateCustomerRequest__Output as _payments_v1_CreateCustomerRequest__Output } from '../../payments/v1/CreateCustomerRequest.ts';
import type { Customer as _payments_v1_Customer, Customer__Output as _payments_v1_Customer__Output } from '../../payments/v1/Customer.ts';
import type { GetCustomerRequest as _payments_v1_GetCustomerRequest, GetCustomerRequest__Output as _payments_v1_GetCustomerRequest__Output } from '../../payments/v1/GetCustomerRequest.ts';
import type { ListCustomersRequest as _payments_v1_ListCustomersRequest, ListCustomersRequest__Output as _payments_v1_ListCustomersRequest__Output } from '../../payments/v1/ListCustomersRequest.ts';
import type { ListCustomersResponse as _payments_v1_ListCustomersResponse, ListCustomersResponse__Output as _payments_v1_ListCustomersResponse__Output } from '../../payments/v1/ListCustomersResponse.ts';

export interface CustomerServiceClient extends grpc.Client {
  BatchGetCustomers(argument: _payments_v1_BatchGetCustomersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_BatchGetCustomersResponse__Output>): grpc.ClientUnaryCall;
  BatchGetCustomers(argument: _payments_v1_BatchGetCustomersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_BatchGetCustomersResponse__Output>): grpc.ClientUnaryCall;
  BatchGetCustomers(argument: _payments_v1_BatchGetCustomersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_BatchGetCustomersResponse__Output>): grpc.ClientUnaryCall;
  BatchGetCustomers(argument: _payments_v1_BatchGetCustomersRequest, callback: grpc.requestCallback<_payments_v1_BatchGetCustomersResponse__Output>): grpc.ClientUnaryCall;
  batchGetCustomers(argument: _payments_v1_BatchGetCustomersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_BatchGetCustomersResponse__Output>): grpc.ClientUnaryCall;
  batchGetCustomers(argument: _payments_v1_BatchGetCustomersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_BatchGetCustomersResponse__Output>): grpc.ClientUnaryCall;
  batchGetCustomers(argument: _payments_v1_BatchGetCustomersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_BatchGetCustomersResponse__Output>): grpc.ClientUnaryCall;
  batchGetCustomers(argument: _payments_v1_BatchGetCustomersRequest, callback: grpc.requestCallback<_payments_v1_BatchGetCustomersResponse__Output>): grpc.ClientUnaryCall;
  
  CreateCustomer(argument: _payments_v1_CreateCustomerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  CreateCustomer(argument: _payments_v1_CreateCustomerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  CreateCustomer(argument: _payments_v1_CreateCustomerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  CreateCustomer(argument: _payments_v1_CreateCustomerRequest, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  createCustomer(argument: _payments_v1_CreateCustomerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  createCustomer(argument: _payments_v1_CreateCustomerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  createCustomer(argument: _payments_v1_CreateCustomerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  createCustomer(argument: _payments_v1_CreateCustomerRequest, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  
  GetCustomer(argument: _payments_v1_GetCustomerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  GetCustomer(argument: _payments_v1_GetCustomerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  GetCustomer(argument: _payments_v1_GetCustomerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  GetCustomer(argument: _payments_v1_GetCustomerRequest, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  getCustomer(argument: _payments_v1_GetCustomerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  getCustomer(argument: _payments_v1_GetCustomerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  getCustomer(argument: _payments_v1_GetCustomerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  getCustomer(argument: _payments_v1_GetCustomerRequest, callback: grpc.requestCallback<_payments_v1_Customer__Output>): grpc.ClientUnaryCall;
  
  ListCustomers(argument: _payments_v1_ListCustomersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListCustomersResponse__Output>): grpc.ClientUnaryCall;
  ListCustomers(argument: _payments_v1_ListCustomersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_ListCustomersResponse__Output>): grpc.ClientUnaryCall;
  ListCustomers(argument: _payments_v1_ListCustomersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListCustomersResponse__Output>): grpc.ClientUnaryCall;
  ListCustomers(argument: _payments_v1_ListCustomersRequest, callback: grpc.requestCallback<_payments_v1_ListCustomersResponse__Output>): grpc.ClientUnaryCall;
  listCustomers(argument: _payments_v1_ListCustomersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListCustomersResponse__Output>): grpc.ClientUnaryCall;
  listCustomers(argument: _payments_v1_ListCustomersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_ListCustomersResponse__Output>): grpc.ClientUnaryCall;
  listCustomers(argument: _payments_v1_ListCustomersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListCustomersResponse__Output>): grpc.ClientUnaryCall;
  listCustomers(argument: _payments_v1_ListCustomersRequest, callback: grpc.requestCallback<_payments_v1_ListCustomersResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface CustomerServiceHandlers extends grpc.UntypedServiceImplementation {
  BatchGetCustomers: grpc.handleUnaryCall<_payments_v1_BatchGetCustomersRequest__Output, _payments_v1_BatchGetCustomersResponse>;
  
  CreateCustomer: grpc.handleUnaryCall<_payments_v1_CreateCustomerRequest__Output, _payments_v1_Customer>;
  
  GetCustomer: grpc.handleUnaryCall<_payments_v1_GetCustomerRequest__Output, _payments_v1_Customer>;
  
  ListCustomers: grpc.handleUnaryCall<_payments_v1_ListCustomersRequest__Output, _payments_v1_ListCustomersResponse>;
  
}

export interface CustomerServiceDefinition extends grpc.ServiceDefinition {
  BatchGetCustomers: MethodDefinition<_payments_v1_BatchGetCustomersRequest, _payments_v1_BatchGetCustomersResponse, _payments_v1_BatchGetCustomersRequest__Output, _payments_v1_BatchGetCustomersResponse__Output>
  CreateCustomer: MethodDefinition<_payments_v1_CreateCustomerRequest, _payments_v1_Customer, _payments_v1_CreateCustomerRequest__Output, _payments_v1_Customer__Output>
  GetCustomer: MethodDefinition<_payments_v1_GetCustomerRequest, _payments_v1_Customer, _payments_v1_GetCustomerRequest__Output, _payments_v1_Customer__Output>
  ListCustomers: MethodDefinition<_payments_v1_ListCustomersRequest, _payments_v1_ListCustomersResponse, _payments_v1_ListCustomersRequest__Output, _payments_v1_ListCustomersResponse__Output>
}
