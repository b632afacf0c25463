// Original file: protos/payments/v1/payments.proto


export interface ConfirmPaymentRequest {
  'requestId'?: (string);
  'id'?: (string);
}

export interface ConfirmPaymentRequest__Output {
  'requestId': (string);
  'id': (string);
}
