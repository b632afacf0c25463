// Original file: protos/payments/v1/refunds.proto


export interface ListRefundsRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
  'payment'?: (string);
  '_payment'?: "payment";
}

export interface ListRefundsRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
  'payment'?: (string);
}
