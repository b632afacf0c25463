// Original file: protos/payments/v1/refunds.proto


export interface BatchListRefundsRequest {
  'payments'?: (string)[];
}

export interface BatchListRefundsRequest__Output {
  'payments': (string)[];
}
