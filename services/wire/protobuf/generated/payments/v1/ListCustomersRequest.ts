// Original file: protos/payments/v1/customers.proto


export interface ListCustomersRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
  'email'?: (string);
  '_email'?: "email";
}

export interface ListCustomersRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
  'email'?: (string);
}
