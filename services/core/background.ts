import { settlement, settlePayment } from './payments/operations.ts';
import type { Ports } from './ports.ts';

/** Work between calls; who runs it is not core's concern. */
export interface BackgroundWork {
  /** Reported with a failure. */
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<unknown>;
}

/** What has to be done between calls for core to keep its promises. */
export const backgroundOf = (ports: Ports): readonly BackgroundWork[] => [
  { name: 'settle due payments', everyMs: 250, run: () => settleDue(ports) },
  {
    name: 'forget expired idempotency keys',
    everyMs: 60 * 60 * 1000,
    run: () => ports.store.across.deleteExpiredRecords(ports.clock.now()),
  },
];

/** Payments settled in one commit, so that it stays short, and commits of one turn. */
const settledAtOnce = 100;
const settlementsOfTurn = 20;

type SettlementPorts = Pick<Ports, 'store' | 'clock' | 'processor' | 'newId'>;

/** Asks the card network again for the payments whose time has come; returns how many. */
export async function settleDue(ports: SettlementPorts): Promise<number> {
  const { store, clock } = ports;
  let settled = 0;
  for (let commits = 0; commits < settlementsOfTurn; commits += 1) {
    const due = await store.across.duePayments(clock.now(), settledAtOnce);
    await Promise.all(due.map((one) => settleOne(ports, one)));
    settled += due.length;
    // A merchant's backlog must not keep the payments of others waiting for many turns.
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
