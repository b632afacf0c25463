// Original file: protos/payments/v1/customers.proto

import type { Customer as _payments_v1_Customer, Customer__Output as _payments_v1_Customer__Output } from '../../payments/v1/Customer.ts';

export interface _payments_v1_BatchGetCustomersResponse_Result {
  'found'?: (_payments_v1_Customer | null);
  'missing'?: (string);
  'result'?: "found"|"missing";
}

export interface _payments_v1_BatchGetCustomersResponse_Result__Output {
  'found'?: (_payments_v1_Customer__Output | null);
  'missing'?: (string);
}

export interface BatchGetCustomersResponse {
  'results'?: (_payments_v1_BatchGetCustomersResponse_Result)[];
}

export interface BatchGetCustomersResponse__Output {
  'results': (_payments_v1_BatchGetCustomersResponse_Result__Output)[];
}
