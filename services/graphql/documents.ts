import { hash } from 'node:crypto';
import type { CallName } from '../core/operations.ts';

/** The documents of this project's client; some of them are persisted on the server. */

const paymentFields = `
  fragment PaymentFields on Payment {
    id amount amountCaptured amountRefunded currency status captureMethod customerId paymentMethod
    description metadata failure { code message } createdAt updatedAt version
  }`;

const refundFields = `
  fragment RefundFields on Refund { id paymentId amount currency reason createdAt }`;

const customerFields = `
  fragment CustomerFields on Customer { id name email country metadata createdAt }`;

const keyFields = `
  fragment KeyFields on ApiKey {
    id name scopes ratePerSecond burst createdAt revokedAt
  }`;

const failureFields = `
  fragment FailureFields on Failure {
    __typename code message details
    ... on ValidationFailed { violations { path code message } }
    ... on IdempotencyFailed { retryAfterMs }
  }`;

const eventFields = `
  fragment EventFields on Event {
    id sequence type createdAt
    data { __typename ...PaymentFields ...RefundFields ...CustomerFields }
  }
  ${paymentFields}${refundFields}${customerFields}`;

const pageFields = 'pageInfo { hasNextPage endCursor }';

/** One document for each operation; its only field is aliased `result`. */
export const operationDocuments: Readonly<Record<CallName, string>> = {
  getPayment: `query Payment($id: ID!) { result: payment(id: $id) { ...PaymentFields } }
    ${paymentFields}`,
  getPaymentsByIds: `query PaymentsByIds($ids: [ID!]!) {
      result: paymentsByIds(ids: $ids) { ...PaymentFields }
    }
    ${paymentFields}`,
  listPayments: `query Payments(
      $first: Int, $after: String, $status: PaymentStatus, $customer: ID,
      $createdFrom: DateTime, $createdBefore: DateTime,
      $amountMin: MinorUnits, $amountMax: MinorUnits, $sort: PaymentSort
    ) {
      result: payments(
        first: $first, after: $after, status: $status, customer: $customer,
        createdFrom: $createdFrom, createdBefore: $createdBefore,
        amountMin: $amountMin, amountMax: $amountMax, sort: $sort
      ) { nodes { ...PaymentFields } ${pageFields} }
    }
    ${paymentFields}`,
  createPayment: `mutation CreatePayment($input: CreatePaymentInput!, $idempotencyKey: String) {
      result: createPayment(input: $input, idempotencyKey: $idempotencyKey) {
        ...PaymentFields ...FailureFields
      }
    }
    ${paymentFields}${failureFields}`,
  confirmPayment: `mutation ConfirmPayment($id: ID!, $idempotencyKey: String) {
      result: confirmPayment(id: $id, idempotencyKey: $idempotencyKey) {
        ...PaymentFields ...FailureFields
      }
    }
    ${paymentFields}${failureFields}`,
  capturePayment: `mutation CapturePayment(
      $id: ID!, $amount: MinorUnits, $idempotencyKey: String
    ) {
      result: capturePayment(id: $id, amount: $amount, idempotencyKey: $idempotencyKey) {
        ...PaymentFields ...FailureFields
      }
    }
    ${paymentFields}${failureFields}`,
  cancelPayment: `mutation CancelPayment($id: ID!, $idempotencyKey: String) {
      result: cancelPayment(id: $id, idempotencyKey: $idempotencyKey) {
        ...PaymentFields ...FailureFields
      }
    }
    ${paymentFields}${failureFields}`,
  refundPayment: `mutation RefundPayment(
      $payment: ID!, $amount: MinorUnits, $reason: String, $idempotencyKey: String
    ) {
      result: refundPayment(
        payment: $payment, amount: $amount, reason: $reason, idempotencyKey: $idempotencyKey
      ) { ...RefundFields ...FailureFields }
    }
    ${refundFields}${failureFields}`,
  getRefund: `query Refund($id: ID!) { result: refund(id: $id) { ...RefundFields } }
    ${refundFields}`,
  listRefunds: `query Refunds($first: Int, $after: String, $payment: ID) {
      result: refunds(first: $first, after: $after, payment: $payment) {
        nodes { ...RefundFields } ${pageFields}
      }
    }
    ${refundFields}`,
  getRefundsByPaymentIds: `query RefundsByPaymentIds($payments: [ID!]!) {
      result: refundsByPaymentIds(payments: $payments) {
        nodes { ...RefundFields } ${pageFields}
      }
    }
    ${refundFields}`,
  createCustomer: `mutation CreateCustomer($input: CreateCustomerInput!, $idempotencyKey: String) {
      result: createCustomer(input: $input, idempotencyKey: $idempotencyKey) {
        ...CustomerFields ...FailureFields
      }
    }
    ${customerFields}${failureFields}`,
  getCustomer: `query Customer($id: ID!) { result: customer(id: $id) { ...CustomerFields } }
    ${customerFields}`,
  getCustomersByIds: `query CustomersByIds($ids: [ID!]!) {
      result: customersByIds(ids: $ids) { ...CustomerFields }
    }
    ${customerFields}`,
  listCustomers: `query Customers($first: Int, $after: String, $email: String) {
      result: customers(first: $first, after: $after, email: $email) {
        nodes { ...CustomerFields } ${pageFields}
      }
    }
    ${customerFields}`,
  listEvents: `query Events($first: Int, $after: String, $types: [EventType!]) {
      result: events(first: $first, after: $after, types: $types) {
        nodes { ...EventFields } ${pageFields}
      }
    }
    ${eventFields}`,
  createKey: `mutation CreateKey($input: CreateKeyInput!, $idempotencyKey: String) {
      result: createKey(input: $input, idempotencyKey: $idempotencyKey) {
        ... on CreatedKey { key { ...KeyFields } secret }
        ...FailureFields
      }
    }
    ${keyFields}${failureFields}`,
  revokeKey: `mutation RevokeKey($id: ID!, $idempotencyKey: String) {
      result: revokeKey(id: $id, idempotencyKey: $idempotencyKey) {
        ...KeyFields ...FailureFields
      }
    }
    ${keyFields}${failureFields}`,
};

export const watchDocument = `subscription Watch($after: String, $types: [EventType!]) {
    result: events(after: $after, types: $types) { ...EventFields }
  }
  ${eventFields}`;

/** A customer, the last 20 payments and the newest refunds of each: a screen in one request. */
export const screenDocument = `query Screen($id: ID!) {
    result: customer(id: $id) {
      ...CustomerFields
      payments(first: 20) { nodes { ...PaymentFields refunds { nodes { ...RefundFields } } } }
    }
  }
  ${customerFields}${paymentFields}${refundFields}`;

/** The id of a document: GraphQL over HTTP, appendix A, `sha256:` and the hash of its text. */
export const documentId = (text: string): string => `sha256:${hash('sha256', text)}`;

/** The document that reads one payment, by its id. */
export const paymentDocumentId = documentId(operationDocuments.getPayment);

/** The documents that clients may name instead of sending: those worth caching. */
export const persistedDocuments: ReadonlyMap<string, string> = new Map(
  [operationDocuments.getPayment, screenDocument].map((text) => [documentId(text), text]),
);
