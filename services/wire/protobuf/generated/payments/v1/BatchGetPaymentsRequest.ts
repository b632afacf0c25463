// Original file: protos/payments/v1/payments.proto


export interface BatchGetPaymentsRequest {
  'ids'?: (string)[];
}

export interface BatchGetPaymentsRequest__Output {
  'ids': (string)[];
}
