import { enumName } from '../../../services/graphql/enums.ts';
import { timeJson } from '../../../services/wire/time.ts';
import { readPayment } from './core.ts';
import { serveGraphql } from './graphql.ts';

/** Floor with core: bare `graphql` execution on `node:http`, and core's read in the resolver. */
serveGraphql({
  async payment({ id }: { readonly id: string }, authorization: string | undefined) {
    const payment = await readPayment(authorization, id);
    return {
      ...payment,
      customerId: payment.customer,
      status: enumName(payment.status),
      captureMethod: enumName(payment.captureMethod),
      createdAt: timeJson(payment.createdAt),
      updatedAt: timeJson(payment.updatedAt),
    };
  },
});
