import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { BatchListRefundsRequest as _payments_v1_BatchListRefundsRequest, BatchListRefundsRequest__Output as _payments_v1_BatchListRefundsRequest__Output } from './payments/v1/BatchListRefundsRequest.ts';
import type { BatchListRefundsResponse as _payments_v1_BatchListRefundsResponse, BatchListRefundsResponse__Output as _payments_v1_BatchListRefundsResponse__Output } from './payments/v1/BatchListRefundsResponse.ts';
import type { CreateRefundRequest as _payments_v1_CreateRefundRequest, CreateRefundRequest__Output as _payments_v1_CreateRefundRequest__Output } from './payments/v1/CreateRefundRequest.ts';
import type { GetRefundRequest as _payments_v1_GetRefundRequest, GetRefundRequest__Output as _payments_v1_GetRefundRequest__Output } from './payments/v1/GetRefundRequest.ts';
import type { ListRefundsRequest as _payments_v1_ListRefundsRequest, ListRefundsRequest__Output as _payments_v1_ListRefundsRequest__Output } from './payments/v1/ListRefundsRequest.ts';
import type { ListRefundsResponse as _payments_v1_ListRefundsResponse, ListRefundsResponse__Output as _payments_v1_ListRefundsResponse__Output } from './payments/v1/ListRefundsResponse.ts';
import type { Refund as _payments_v1_Refund, Refund__Output as _payments_v1_Refund__Output } from './payments/v1/Refund.ts';
import type { RefundServiceClient as _payments_v1_RefundServiceClient, RefundServiceDefinition as _payments_v1_RefundServiceDefinition } from './payments/v1/RefundService.ts';

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
      BatchListRefundsRequest: MessageTypeDefinition<_payments_v1_BatchListRefundsRequest, _payments_v1_BatchListRefundsRequest__Output>
      BatchListRefundsResponse: MessageTypeDefinition<_payments_v1_BatchListRefundsResponse, _payments_v1_BatchListRefundsResponse__Output>
      CreateRefundRequest: MessageTypeDefinition<_payments_v1_CreateRefundRequest, _payments_v1_CreateRefundRequest__Output>
      GetRefundRequest: MessageTypeDefinition<_payments_v1_GetRefundRequest, _payments_v1_GetRefundRequest__Output>
      ListRefundsRequest: MessageTypeDefinition<_payments_v1_ListRefundsRequest, _payments_v1_ListRefundsRequest__Output>
      ListRefundsResponse: MessageTypeDefinition<_payments_v1_ListRefundsResponse, _payments_v1_ListRefundsResponse__Output>
      Refund: MessageTypeDefinition<_payments_v1_Refund, _payments_v1_Refund__Output>
      RefundService: SubtypeConstructor<typeof grpc.Client, _payments_v1_RefundServiceClient> & { service: _payments_v1_RefundServiceDefinition }
    }
  }
}

