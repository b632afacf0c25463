import { settlement, settlePayment } from './payments/operations.ts';
import type { Ports } from './ports.ts';

/** Work between calls. Core does not know who runs it. */
export interface BackgroundWork {
  /** The name under which a failure is reported. */
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<unknown>;
}

/** The work between calls that core depends on. */
export const backgroundOf = (ports: Ports): readonly BackgroundWork[] => [
  { name: 'settle due payments', everyMs: 250, run: () => settleDue(ports) },
  {
    name: 'forget expired idempotency keys',
    everyMs: 60 * 60 * 1000,
    run: () => ports.store.across.deleteExpiredRecords(ports.clock.now()),
  },
];

/** Maximum payments settled in one commit, so that it stays short, and commits in one run. */
const settledAtOnce = 100;
const settlementsOfTurn = 20;

type SettlementPorts = Pick<Ports, 'store' | 'clock' | 'processor' | 'newId'>;

/** Asks the card network again for the payments that are due; returns how many. */
export async function settleDue(ports: SettlementPorts): Promise<number> {
  const { store, clock } = ports;
  let settled = 0;
  for (let commits = 0; commits < settlementsOfTurn; commits += 1) {
    const due = await store.across.duePayments(clock.now(), settledAtOnce);
    await Promise.all(due.map((one) => settleOne(ports, one)));
    settled += due.length;
    // A merchant's backlog must not delay the payments of others for many runs.
    if (due.length < settledAtOnce) break;
  }
  return settled;
}

type Due = Awaited<ReturnType<Ports['store']['across']['duePayments']>>[number];

async function settleOne(
  { store, clock, processor, newId }: SettlementPorts,
  { merchantId, payment }: Due,
): Promise<void> {
  const asked = settlement.charge(payment);
  if (!asked) return;
  const outcome = await processor.lookUp(asked);
  await store.write(async (transaction) => {
    const tx = transaction.of(merchantId);
    const current = await tx.payment(payment.id);
    if (current?.status !== 'processing') return;
    await settlePayment({ tx, nowMs: clock.now(), newId }, current, outcome);
  });
}
