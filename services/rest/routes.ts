import { type CallName, operations } from '../core/operations.ts';
import type { ResourceName } from '../core/output.ts';
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
  /**
   * What `?expand=` may name, each with the read that it takes, once for all items of an answer. A
   * dot goes one level deeper, and two levels are the limit.
   */
  readonly expand?: Readonly<Record<string, CallName>>;
  /** What `?fields=` may name. */
  readonly fields?: readonly string[];
}

/** The resources that payments.v1 has messages of for this room; of others there is JSON alone. */
const inProtobuf: readonly ResourceName[] = ['payment', 'refund', 'customer'];

/** Whether messages of payments.v1 say the same as the JSON of a route. */
export const hasMessages = ({ operation }: Pick<Route, 'operation'>): boolean =>
  inProtobuf.includes(operations[operation].output.resource);

const expandPayment = { customer: 'getCustomersByIds', refunds: 'getRefundsByPaymentIds' } as const;
const expandRefund = {
  payment: 'getPaymentsByIds',
  'payment.customer': 'getCustomersByIds',
} as const;
export const expandCustomer = {
  payments: 'listPayments',
  'payments.refunds': 'getRefundsByPaymentIds',
} as const;

/**
 * Every operation that returns once. A key is ended by POST, not DELETE: it stays on record with
 * the time of its end, and ending it is a write that takes an idempotency key like the others.
 */
const table = [
  {
    method: 'POST',
    path: '/v1/payments',
    operation: 'createPayment',
    status: 201,
  },
  {
    method: 'GET',
    path: '/v1/payments',
    operation: 'listPayments',
    status: 200,
    expand: expandPayment,
    fields: fieldsOf('payment'),
  },
  {
    method: 'GET',
    path: '/v1/payments',
    operation: 'getPaymentsByIds',
    status: 200,
    when: 'ids',
    expand: expandPayment,
    fields: fieldsOf('payment'),
  },
  {
    method: 'GET',
    path: '/v1/payments/{id}',
    operation: 'getPayment',
    status: 200,
    idField: 'id',
    expand: expandPayment,
    fields: fieldsOf('payment'),
  },
  {
    method: 'POST',
    path: '/v1/payments/{id}/confirm',
    operation: 'confirmPayment',
    status: 200,
    idField: 'id',
  },
  {
    method: 'POST',
    path: '/v1/payments/{id}/capture',
    operation: 'capturePayment',
    status: 200,
    idField: 'id',
  },
  {
    method: 'POST',
    path: '/v1/payments/{id}/cancel',
    operation: 'cancelPayment',
    status: 200,
    idField: 'id',
  },
  {
    method: 'POST',
    path: '/v1/payments/{id}/refunds',
    operation: 'refundPayment',
    status: 201,
    idField: 'payment',
  },
  {
    method: 'GET',
    path: '/v1/refunds',
    operation: 'listRefunds',
    status: 200,
    expand: expandRefund,
    fields: fieldsOf('refund'),
  },
  {
    method: 'GET',
    path: '/v1/payments/{id}/refunds',
    operation: 'listRefunds',
    status: 200,
    idField: 'payment',
    expand: expandRefund,
    fields: fieldsOf('refund'),
  },
  {
    method: 'GET',
    path: '/v1/refunds',
    operation: 'getRefundsByPaymentIds',
    status: 200,
    when: 'payments',
  },
  {
    method: 'GET',
    path: '/v1/refunds/{id}',
    operation: 'getRefund',
    status: 200,
    idField: 'id',
    expand: expandRefund,
    fields: fieldsOf('refund'),
  },
  {
    method: 'POST',
    path: '/v1/customers',
    operation: 'createCustomer',
    status: 201,
  },
  {
    method: 'GET',
    path: '/v1/customers',
    operation: 'listCustomers',
    status: 200,
    fields: fieldsOf('customer'),
  },
  {
    method: 'GET',
    path: '/v1/customers',
    operation: 'getCustomersByIds',
    status: 200,
    when: 'ids',
    fields: fieldsOf('customer'),
  },
  {
    method: 'GET',
    path: '/v1/customers/{id}',
    operation: 'getCustomer',
    status: 200,
    idField: 'id',
    expand: expandCustomer,
    fields: fieldsOf('customer'),
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
] as const satisfies readonly Route[];

type Routed = (typeof table)[number]['operation'];

/** The compiler names the operation that has no row. */
type Complete = CallName extends Routed ? readonly Route[] : Exclude<CallName, Routed>;

export const routes: readonly Route[] = table satisfies Complete;
