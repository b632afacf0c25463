import type { InputOf, OperationName, Operations } from '../../core/operations.ts';
import {
  customerService,
  eventService,
  keyService,
  type MessageName,
  paymentService,
  refundService,
} from './contract.ts';
import { captureMethod, eventType, paymentStatus, scope } from './enums.ts';
import {
  cursor,
  type Field,
  flag,
  int32,
  int64,
  limit,
  pairs,
  sort,
  text,
  textOrNull,
  texts,
  time,
  word,
  words,
} from './fields.ts';
import type { MessageOf } from './outputs.ts';

/** A method of the contract. `Response` is the message that it returns. */
export interface Definition<Response = object> {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly requestType: { readonly type: object };
  readonly responseType: { readonly type: object };
  requestSerialize(message: object): Buffer;
  requestDeserialize(bytes: Buffer): object;
  responseSerialize(message: object): Buffer;
  /**
   * With this type the compiler checks the method against the declared output: all fields are
   * required.
   */
  responseDeserialize(bytes: Buffer): Response;
}

/** An operation in payments.v1: its method, and the fields of its request beside `request_id`. */
interface Method<Name extends OperationName> {
  readonly definition: Definition<MessageOf<Operations[Name]['output']>>;
  readonly fields: { readonly [Key in keyof Required<InputOf<Name>>]: Field };
}

/** Every operation as a method of the contract, for the gRPC room and for protobuf in REST. */
export const methods: { readonly [Name in OperationName]: Method<Name> } = {
  createPayment: {
    definition: paymentService.CreatePayment,
    fields: {
      amount: int64,
      currency: text,
      customer: textOrNull,
      paymentMethod: text,
      captureMethod: word(captureMethod),
      confirm: flag,
      description: textOrNull,
      metadata: pairs,
    },
  },
  getPayment: { definition: paymentService.GetPayment, fields: { id: text } },
  getPaymentsByIds: { definition: paymentService.BatchGetPayments, fields: { ids: texts } },
  listPayments: {
    definition: paymentService.ListPayments,
    fields: {
      limit,
      cursor,
      status: word(paymentStatus),
      customer: text,
      createdFrom: time,
      createdBefore: time,
      amountMin: int64,
      amountMax: int64,
      sort,
    },
  },
  confirmPayment: { definition: paymentService.ConfirmPayment, fields: { id: text } },
  capturePayment: {
    definition: paymentService.CapturePayment,
    fields: { id: text, amount: int64 },
  },
  cancelPayment: { definition: paymentService.CancelPayment, fields: { id: text } },
  refundPayment: {
    definition: refundService.CreateRefund,
    fields: { payment: text, amount: int64, reason: textOrNull },
  },
  getRefund: { definition: refundService.GetRefund, fields: { id: text } },
  listRefunds: { definition: refundService.ListRefunds, fields: { limit, cursor, payment: text } },
  getRefundsByPaymentIds: {
    definition: refundService.BatchListRefunds,
    fields: { payments: texts },
  },
  createCustomer: {
    definition: customerService.CreateCustomer,
    fields: { name: text, email: textOrNull, country: textOrNull, metadata: pairs },
  },
  getCustomer: { definition: customerService.GetCustomer, fields: { id: text } },
  getCustomersByIds: { definition: customerService.BatchGetCustomers, fields: { ids: texts } },
  listCustomers: {
    definition: customerService.ListCustomers,
    fields: { limit, cursor, email: text },
  },
  listEvents: {
    definition: eventService.ListEvents,
    fields: { limit, cursor, after: int64, types: words(eventType) },
  },
  watchEvents: {
    definition: eventService.WatchEvents,
    fields: { after: int64, types: words(eventType) },
  },
  createKey: {
    definition: keyService.CreateKey,
    fields: { name: text, scopes: words(scope), ratePerSecond: int32, burst: int32 },
  },
  revokeKey: { definition: keyService.RevokeKey, fields: { id: text } },
};

/** The full name of a method's request or response, such as `payments.v1.Payment`. */
export const messageName = ({ type }: Definition['requestType']): MessageName =>
  // proto-loader's own type is less specific; every method's messages are of this package.
  `payments.v1.${(type as { readonly name: string }).name}` as MessageName;
