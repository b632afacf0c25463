import type { Payment } from '../../services/core/payments/payment.ts';
import { createOne, readOne } from '../subject/payments.ts';
import type { Workload } from './workload.ts';

/** One payment is read by its id. */
export const readPayment: Workload = {
  name: 'read',
  perform: (client, { paymentId }) => readOne(client, paymentId),
  wireCalls: 30,
};

/** The payment that is created again and again. */
export const paymentToCreate = {
  amount: 1999,
  currency: 'GBP',
  paymentMethod: 'pm_card_ok',
  description: 'WHITE HANGING HEART T-LIGHT HOLDER',
  metadata: { order: '536365' },
} as const;

/** What two creations of the same payment cannot have in common. */
export const withoutBirth = (answer: unknown) => ({
  // Whatever answers is a payment.
  ...(answer as Payment),
  id: '',
  createdAt: 0,
  updatedAt: 0,
});

/** One payment is created under an idempotency key of its own. */
export const makePayment: Workload = {
  name: 'create',
  perform: (client, _fixtures, idempotencyKey) =>
    createOne(client, paymentToCreate, idempotencyKey),
  comparable: withoutBirth,
  fragments: ['pay_', paymentToCreate.currency, paymentToCreate.description],
  wireCalls: 20,
};
