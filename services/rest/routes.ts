import type { CallName } from '../core/operations.ts';
import type { AnswerMessage, RequestMessage } from './protobuf.ts';
import { fieldsOf } from './schemas.ts';

/** One row of the room's table. Router, `Allow`, OpenAPI and the client all read this. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** `{id}` is the one parameter that a path can have. */
  readonly path: string;
  readonly operation: CallName;
  readonly status: 200 | 201;
  /** The field of the operation's input that `{id}` fills. */
  readonly idField?: string;
  /** The query parameter whose presence picks this row among those of its method and path. */
  readonly when?: string;
  /** What `?expand=` may name; a dot goes one level deeper, and two levels are the limit. */
  readonly expand?: readonly string[];
  /** What `?fields=` may name. */
  readonly fields?: readonly string[];
  /** The messages of payments.v1 that say the same as the JSON; JSON alone where absent. */
  readonly messages?: { readonly request?: RequestMessage; readonly answer: AnswerMessage };
}

const expandPayment = ['customer', 'refunds'] as const;
const expandRefund = ['payment', 'payment.customer'] as const;
const expandCustomer = ['payments', 'payments.refunds'] as const;

/**
 * Every operation that answers once. A key is ended by POST, not DELETE: it stays on record with
 * the time of its end, and ending it is a write that takes an idempotency key like the others.
 */
export const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/payments',
    operation: 'createPayment',
    status: 201,
    messages: { request: 'CreatePaymentRequest', answer: 'Payment' },
  },
  {
    method: 'GET',
    path: '/v1/payments',
    operation: 'listPayments',
    status: 200,
    expand: expandPayment,
    fields: fieldsOf('payment'),
    messages: { answer: 'ListPaymentsResponse' },
  },
  {
    method: 'GET',
    path: '/v1/payments',
    operation: 'getPaymentsByIds',
    status: 200,
    when: 'ids',
    expand: expandPayment,
    fields: fieldsOf('payment'),
    messages: { answer: 'BatchGetPaymentsResponse' },
  },
  {
    method: 'GET',
    path: '/v1/payments/{id}',
    operation: 'getPayment',
    status: 200,
    idField: 'id',
    expand: expandPayment,
    fields: fieldsOf('payment'),
    messages: { answer: 'Payment' },
  },
  {
    method: 'POST',
    path: '/v1/payments/{id}/confirm',
    operation: 'confirmPayment',
    status: 200,
    idField: 'id',
    messages: { request: 'ConfirmPaymentRequest', answer: 'Payment' },
  },
  {
    method: 'POST',
    path: '/v1/payments/{id}/capture',
    operation: 'capturePayment',
    status: 200,
    idField: 'id',
    messages: { request: 'CapturePaymentRequest', answer: 'Payment' },
  },
  {
    method: 'POST',
    path: '/v1/payments/{id}/cancel',
    operation: 'cancelPayment',
    status: 200,
    idField: 'id',
    messages: { request: 'CancelPaymentRequest', answer: 'Payment' },
  },
  {
    method: 'POST',
    path: '/v1/payments/{id}/refunds',
    operation: 'refundPayment',
    status: 201,
    idField: 'payment',
    messages: { request: 'CreateRefundRequest', answer: 'Refund' },
  },
  {
    method: 'GET',
    path: '/v1/refunds',
    operation: 'listRefunds',
    status: 200,
    expand: expandRefund,
    fields: fieldsOf('refund'),
    messages: { answer: 'ListRefundsResponse' },
  },
  {
    method: 'GET',
    path: '/v1/payments/{id}/refunds',
    operation: 'listRefunds',
    status: 200,
    idField: 'payment',
    expand: expandRefund,
    fields: fieldsOf('refund'),
    messages: { answer: 'ListRefundsResponse' },
  },
  {
    method: 'GET',
    path: '/v1/refunds',
    operation: 'getRefundsByPaymentIds',
    status: 200,
    when: 'payments',
    messages: { answer: 'BatchListRefundsResponse' },
  },
  {
    method: 'GET',
    path: '/v1/refunds/{id}',
    operation: 'getRefund',
    status: 200,
    idField: 'id',
    expand: expandRefund,
    fields: fieldsOf('refund'),
    messages: { answer: 'Refund' },
  },
  {
    method: 'POST',
    path: '/v1/customers',
    operation: 'createCustomer',
    status: 201,
    messages: { request: 'CreateCustomerRequest', answer: 'Customer' },
  },
  {
    method: 'GET',
    path: '/v1/customers',
    operation: 'listCustomers',
    status: 200,
    fields: fieldsOf('customer'),
    messages: { answer: 'ListCustomersResponse' },
  },
  {
    method: 'GET',
    path: '/v1/customers',
    operation: 'getCustomersByIds',
    status: 200,
    when: 'ids',
    fields: fieldsOf('customer'),
    messages: { answer: 'BatchGetCustomersResponse' },
  },
  {
    method: 'GET',
    path: '/v1/customers/{id}',
    operation: 'getCustomer',
    status: 200,
    idField: 'id',
    expand: expandCustomer,
    fields: fieldsOf('customer'),
    messages: { answer: 'Customer' },
  },
  {
    method: 'GET',
    path: '/v1/events',
    operation: 'listEvents',
    status: 200,
    fields: fieldsOf('event'),
  },
  { method: 'POST', path: '/v1/keys', operation: 'createKey', status: 201 },
  {
    method: 'POST',
    path: '/v1/keys/{id}/revoke',
    operation: 'revokeKey',
    status: 200,
    idField: 'id',
  },
];
