import type { Ceiling, Measured } from '../report/result.ts';
import { scenarioNamed } from '../scenarios/index.ts';
import type { Lab, Session, Slice } from '../scenarios/scenario.ts';
import type { StorageMeasurement } from '../scenarios/storage.ts';
import type { Address } from '../subject/subject.ts';
import type { ClosedOrder } from './closed-slice.ts';

/**
 * The client side of a measurement, a process of its own: takes orders by message, one after the
 * other, and answers each with what it brought or why it could not.
 */

export type Order =
  | {
      readonly kind: 'open';
      readonly session: string;
      readonly scenario: string;
      readonly lab: Lab;
    }
  | { readonly kind: 'take'; readonly session: string; readonly slice: Slice }
  | { readonly kind: 'finish'; readonly session: string }
  | { readonly kind: 'ceilings'; readonly address: Address }
  | { readonly kind: 'closed'; readonly slice: ClosedOrder }
  | { readonly kind: 'storage'; readonly folder: string };

export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done' }
  | { readonly kind: 'measured'; readonly measured: Measured }
  | { readonly kind: 'ceilings'; readonly ceilings: readonly Ceiling[] }
  | { readonly kind: 'closed'; readonly perSecond: number }
  | { readonly kind: 'storage'; readonly storage: StorageMeasurement }
  | { readonly kind: 'failed'; readonly reason: string };

const send = (report: Report): void => {
  process.send?.(report);
};

/** By the names of the contenders that share a server. */
const sessions = new Map<string, Session>();

function sessionNamed(name: string): Session {
  const found = sessions.get(name);
  if (found) return found;
  throw new Error(`Expected an open session of ${name}, got an order before it.`);
}

async function take(order: Order): Promise<Report> {
  switch (order.kind) {
    case 'open': {
      const { scenario, lab } = order;
      endWithParent(lab);
      sessions.set(order.session, await scenarioNamed(scenario).open(lab));
      return { kind: 'done' };
    }
    case 'take':
      await sessionNamed(order.session).take(order.slice);
      return { kind: 'done' };
    case 'finish': {
      const session = sessionNamed(order.session);
      const measured = await session.finish();
      await session.close();
      sessions.delete(order.session);
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
    case 'closed': {
      const { takeClosedSlice } = await import('./closed-slice.ts');
      return { kind: 'closed', perSecond: await takeClosedSlice(order.slice) };
    }
    case 'storage': {
      const { measureStorage } = await import('../scenarios/storage.ts');
      return { kind: 'storage', storage: await measureStorage(order.folder) };
    }
  }
}

/** Whoever started both is gone without a word: leaves no server of the bench behind. */
function endWithParent({ address: { pid, ours } }: Lab): void {
  if (process.listenerCount('disconnect') > 1) return;
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
