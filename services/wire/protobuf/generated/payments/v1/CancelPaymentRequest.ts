// Original file: protos/payments/v1/payments.proto


export interface CancelPaymentRequest {
  'requestId'?: (string);
  'id'?: (string);
}

export interface CancelPaymentRequest__Output {
  'requestId': (string);
  'id': (string);
}
