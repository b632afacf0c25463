// Original file: protos/payments/v1/customers.proto

import type { Customer as _payments_v1_Customer, Customer__Output as _payments_v1_Customer__Output } from '../../payments/v1/Customer.ts';

export interface ListCustomersResponse {
  'customers'?: (_payments_v1_Customer)[];
  'nextPageToken'?: (string);
}

export interface ListCustomersResponse__Output {
  'customers': (_payments_v1_Customer__Output)[];
  'nextPageToken': (string);
}
