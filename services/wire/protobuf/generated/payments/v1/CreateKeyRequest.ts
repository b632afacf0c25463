// Original file: protos/payments/v1/keys.proto

import type { Scope as _payments_v1_Scope, Scope__Output as _payments_v1_Scope__Output } from '../../payments/v1/Scope.ts';

export interface CreateKeyRequest {
  'requestId'?: (string);
  'name'?: (string);
  'scopes'?: (_payments_v1_Scope)[];
  'ratePerSecond'?: (number);
  'burst'?: (number);
  '_ratePerSecond'?: "ratePerSecond";
  '_burst'?: "burst";
}

export interface CreateKeyRequest__Output {
  'requestId': (string);
  'name': (string);
  'scopes': (_payments_v1_Scope__Output)[];
  'ratePerSecond'?: (number);
  'burst'?: (number);
}
