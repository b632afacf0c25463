import { enumName } from '../../../services/graphql/enums.ts';
import { timeJson } from '../../../services/wire/time.ts';
import { readPayment } from './core.ts';

/** Core's read, as the schema has a payment. */
export async function readForGraphql(id: string, authorization: string | undefined) {
  const payment = await readPayment(authorization, id);
  return {
    ...payment,
    customerId: payment.customer,
    status: enumName(payment.status),
    captureMethod: enumName(payment.captureMethod),
    createdAt: timeJson(payment.createdAt),
    updatedAt: timeJson(payment.updatedAt),
  };
}
