// Original file: protos/payments/v1/customers.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface Customer {
  'id'?: (string);
  'name'?: (string);
  'email'?: (string);
  'country'?: (string);
  'metadata'?: ({[key: string]: string});
  'createdAt'?: (_google_protobuf_Timestamp | null);
  '_email'?: "email";
  '_country'?: "country";
}

export interface Customer__Output {
  'id': (string);
  'name': (string);
  'email'?: (string);
  'country'?: (string);
  'metadata': ({[key: string]: string});
  'createdAt': (_google_protobuf_Timestamp__Output | null);
}
