// Original file: protos/payments/v1/keys.proto

import type { Scope as _payments_v1_Scope, Scope__Output as _payments_v1_Scope__Output } from '../../payments/v1/Scope.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface Key {
  'id'?: (string);
  'name'?: (string);
  'scopes'?: (_payments_v1_Scope)[];
  'ratePerSecond'?: (number);
  'burst'?: (number);
  'createdAt'?: (_google_protobuf_Timestamp | null);
  'revokedAt'?: (_google_protobuf_Timestamp | null);
  'secret'?: (string);
  '_secret'?: "secret";
}

export interface Key__Output {
  'id': (string);
  'name': (string);
  'scopes': (_payments_v1_Scope__Output)[];
  'ratePerSecond': (number);
  'burst': (number);
  'createdAt': (_google_protobuf_Timestamp__Output | null);
  'revokedAt': (_google_protobuf_Timestamp__Output | null);
  'secret'?: (string);
}
