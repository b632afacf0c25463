import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { CreateKeyRequest as _payments_v1_CreateKeyRequest, CreateKeyRequest__Output as _payments_v1_CreateKeyRequest__Output } from './payments/v1/CreateKeyRequest.ts';
import type { Key as _payments_v1_Key, Key__Output as _payments_v1_Key__Output } from './payments/v1/Key.ts';
import type { KeyServiceClient as _payments_v1_KeyServiceClient, KeyServiceDefinition as _payments_v1_KeyServiceDefinition } from './payments/v1/KeyService.ts';
import type { RevokeKeyRequest as _payments_v1_RevokeKeyRequest, RevokeKeyRequest__Output as _payments_v1_RevokeKeyRequest__Output } from './payments/v1/RevokeKeyRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  payments: {
    v1: {
      CreateKeyRequest: MessageTypeDefinition<_payments_v1_CreateKeyRequest, _payments_v1_CreateKeyRequest__Output>
      Key: MessageTypeDefinition<_payments_v1_Key, _payments_v1_Key__Output>
      KeyService: SubtypeConstructor<typeof grpc.Client, _payments_v1_KeyServiceClient> & { service: _payments_v1_KeyServiceDefinition }
      RevokeKeyRequest: MessageTypeDefinition<_payments_v1_RevokeKeyRequest, _payments_v1_RevokeKeyRequest__Output>
      Scope: EnumTypeDefinition
    }
  }
}

