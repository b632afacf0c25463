import type { Ceiling, Measured } from '../report/result.ts';
import { scenarioNamed } from '../scenarios/index.ts';
import type { Lab, Session, Slice } from '../scenarios/scenario.ts';
import type { StorageMeasurement } from '../scenarios/storage.ts';
import type { Address } from '../subject/subject.ts';

/**
 * The client side of a measurement, a process of its own: takes orders by message, one after the
 * other, and answers each with what it brought or why it could not.
 */

export type Order =
  | { readonly kind: 'open'; readonly scenario: string; readonly lab: Lab }
  | { readonly kind: 'take'; readonly slice: Slice }
  | { readonly kind: 'finish' }
  | { readonly kind: 'ceilings'; readonly address: Address }
  | { readonly kind: 'storage'; readonly folder: string };

export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done' }
  | { readonly kind: 'measured'; readonly measured: Measured }
  | { readonly kind: 'ceilings'; readonly ceilings: readonly Ceiling[] }
  | { readonly kind: 'storage'; readonly storage: StorageMeasurement }
  | { readonly kind: 'failed'; readonly reason: string };

const send = (report: Report): void => {
  process.send?.(report);
};

let session: Session | undefined;

function openSession(): Session {
  if (session) return session;
  throw new Error('Expected an open session, got an order before it.');
}

async function take(order: Order): Promise<Report> {
  switch (order.kind) {
    case 'open': {
      const { scenario, lab } = order;
      endWithParent(lab);
      session = await scenarioNamed(scenario).open(lab);
      return { kind: 'done' };
    }
    case 'take':
      await openSession().take(order.slice);
      return { kind: 'done' };
    case 'finish': {
      const measured = await openSession().finish();
      await session?.close();
      session = undefined;
      return { kind: 'measured', measured };
    }
    // Loaded only here: no load generator has a store, or another's driver, in its memory.
    case 'ceilings': {
      const { measureCeilings } = await import('./ceilings.ts');
      return {
        kind: 'ceilings',
        ceilings: await measureCeilings(order.address),
      };
    }
    case 'storage': {
      const { measureStorage } = await import('../scenarios/storage.ts');
      return { kind: 'storage', storage: await measureStorage(order.folder) };
    }
  }
}

/** Whoever started both is gone without a word: leaves no server of the bench behind. */
function endWithParent({ address: { pid, ours } }: Lab): void {
  process.prependOnceListener('disconnect', () => {
    try {
      if (ours && pid !== null) process.kill(pid, 'SIGKILL');
    } finally {
      process.exit(1);
    }
  });
}

// The terminal tells the whole group of an interrupt; the process that started this one decides.
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit(1));
process.on('message', async (order) => {
  try {
    // Only the other side of this file sends messages.
    send(await take(order as Order));
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    send({ kind: 'failed', reason });
  }
});
send({ kind: 'ready' });
