// Original file: protos/payments/v1/events.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Event as _payments_v1_Event, Event__Output as _payments_v1_Event__Output } from '../../payments/v1/Event.ts';
import type { ListEventsRequest as _payments_v1_ListEventsRequest, ListEventsRequest__Output as _payments_v1_ListEventsRequest__Output } from '../../payments/v1/ListEventsRequest.ts';
import type { ListEventsResponse as _payments_v1_ListEventsResponse, ListEventsResponse__Output as _payments_v1_ListEventsResponse__Output } from '../../payments/v1/ListEventsResponse.ts';
import type { WatchEventsRequest as _payments_v1_WatchEventsRequest, WatchEventsRequest__Output as _payments_v1_WatchEventsRequest__Output } from '../../payments/v1/WatchEventsRequest.ts';

export interface EventServiceClient extends grpc.Client {
  ListEvents(argument: _payments_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _payments_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _payments_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _payments_v1_ListEventsRequest, callback: grpc.requestCallback<_payments_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _payments_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _payments_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payments_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _payments_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payments_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _payments_v1_ListEventsRequest, callback: grpc.requestCallback<_payments_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  
  WatchEvents(argument: _payments_v1_WatchEventsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_payments_v1_Event__Output>;
  WatchEvents(argument: _payments_v1_WatchEventsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_payments_v1_Event__Output>;
  watchEvents(argument: _payments_v1_WatchEventsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_payments_v1_Event__Output>;
  watchEvents(argument: _payments_v1_WatchEventsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_payments_v1_Event__Output>;
  
}

export interface EventServiceHandlers extends grpc.UntypedServiceImplementation {
  ListEvents: grpc.handleUnaryCall<_payments_v1_ListEventsRequest__Output, _payments_v1_ListEventsResponse>;
  
  WatchEvents: grpc.handleServerStreamingCall<_payments_v1_WatchEventsRequest__Output, _payments_v1_Event>;
  
}

export interface EventServiceDefinition extends grpc.ServiceDefinition {
  ListEvents: MethodDefinition<_payments_v1_ListEventsRequest, _payments_v1_ListEventsResponse, _payments_v1_ListEventsRequest__Output, _payments_v1_ListEventsResponse__Output>
  WatchEvents: MethodDefinition<_payments_v1_WatchEventsRequest, _payments_v1_Event, _payments_v1_WatchEventsRequest__Output, _payments_v1_Event__Output>
}
