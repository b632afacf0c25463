import { type Caller, createCore } from '../../../services/core/invoke.ts';
import type { Payment } from '../../../services/core/payments/payment.ts';
import { createPorts } from '../../../services/ports.ts';
import { openStore } from '../../../services/storage/open.ts';

/** The real core on the database that `DATABASE_URL` names, without any room. */
export const core = createCore(
  await createPorts(await openStore(process.env.DATABASE_URL ?? 'sqlite::memory:')),
);

/** Reads one payment as the caller of this `Authorization` header, or of this session. */
export const readPayment = (
  who: string | undefined | Pick<Caller, 'session'>,
  id: string,
): Promise<Payment> => {
  const credentials = typeof who === 'object' ? who : { credential: who?.slice('Bearer '.length) };
  return core.invoke('getPayment', { ...credentials, requestId: 'floor', receipt: {} }, { id });
};
