// Original file: protos/payments/v1/customers.proto


export interface CreateCustomerRequest {
  'requestId'?: (string);
  'name'?: (string);
  'email'?: (string);
  'country'?: (string);
  'metadata'?: ({[key: string]: string});
  '_email'?: "email";
  '_country'?: "country";
}

export interface CreateCustomerRequest__Output {
  'requestId': (string);
  'name': (string);
  'email'?: (string);
  'country'?: (string);
  'metadata': ({[key: string]: string});
}
