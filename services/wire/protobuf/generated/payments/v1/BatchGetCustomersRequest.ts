// Original file: protos/payments/v1/customers.proto


export interface BatchGetCustomersRequest {
  'ids'?: (string)[];
}

export interface BatchGetCustomersRequest__Output {
  'ids': (string)[];
}
