// Original file: protos/payments/v1/keys.proto


export interface RevokeKeyRequest {
  'requestId'?: (string);
  'id'?: (string);
}

export interface RevokeKeyRequest__Output {
  'requestId': (string);
  'id': (string);
}
