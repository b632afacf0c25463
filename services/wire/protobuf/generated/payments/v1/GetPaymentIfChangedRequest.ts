// Original file: protos/payments/v1/payments.proto


export interface GetPaymentIfChangedRequest {
  'id'?: (string);
  'etag'?: (string);
}

export interface GetPaymentIfChangedRequest__Output {
  'id': (string);
  'etag': (string);
}
