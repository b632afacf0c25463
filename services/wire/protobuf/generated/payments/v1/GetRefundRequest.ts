// Original file: protos/payments/v1/refunds.proto


export interface GetRefundRequest {
  'id'?: (string);
}

export interface GetRefundRequest__Output {
  'id': (string);
}
