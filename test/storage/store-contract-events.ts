import { expect, test } from 'vitest';
import type { Awaitable } from '../../services/core/awaitable.ts';
import type { CommittedEvents } from '../../services/core/events/store.ts';
import type { Store } from '../../services/core/store.ts';
import { eventOf, merchantId, otherMerchantId, paymentOf } from './resources.ts';

/** What every store guarantees for events. */
export function eventContract(at: () => Store): void {
  const append = (merchant: string, ...numbers: readonly number[]) =>
    at().write(async (tx) => {
      for (const n of numbers) await tx.of(merchant).appendEvent(eventOf(n));
    });

  test('the events of a merchant are numbered from 1 without a gap, even after a rollback', async () => {
    const store = at();
    await Promise.allSettled([
      append(merchantId, 1, 2),
      at().write(async (tx) => {
        await tx.of(merchantId).appendEvent(eventOf(3));
        throw new Error('undone');
      }),
      append(otherMerchantId, 4),
      append(merchantId, 5),
    ]);
    await append(merchantId, 6);
    const of = async (merchant: string) =>
      (await store.of(merchant).eventsAfter(0, [], 100)).events.map(({ sequence, id }) => [
        sequence,
        id,
      ]);
    expect(await of(merchantId)).toEqual([1, 2, 5, 6].map((n, at) => [at + 1, eventOf(n).id]));
    expect(await of(otherMerchantId)).toEqual([[1, eventOf(4).id]]);
    expect(await store.of(merchantId).lastSequence()).toBe(4);
  });

  test('events of the requested types are read after a sequence in the order of their creation', async () => {
    const store = at();
    const payment = paymentOf(2);
    await append(merchantId, 1);
    const appended = await store.write((tx) =>
      tx.of(merchantId).appendEvent({
        id: 'evt_x',
        type: 'payment.created',
        createdAt: 5,
        data: { kind: 'payment', payment },
      }),
    );
    expect(appended.sequence).toBe(2);
    await append(merchantId, 3, 4);
    expect(await store.of(merchantId).eventsAfter(0, ['payment.created'], 9)).toEqual({
      events: [appended],
      through: 4,
      hasMore: false,
    });
    expect(await store.of(merchantId).eventsAfter(0, ['payment.created'], 1)).toEqual({
      events: [appended],
      through: 2,
      hasMore: true,
    });
    for (const types of [[], ['payment.created', 'customer.created']] as const) {
      expect(await store.of(merchantId).eventsAfter(1, types, 2)).toEqual({
        events: [appended, { ...eventOf(3), sequence: 3 }],
        through: 3,
        hasMore: true,
      });
      expect(await store.of(merchantId).eventsAfter(4, types, 2)).toEqual({
        events: [],
        through: 4,
        hasMore: false,
      });
    }
    const { events: both } = await store
      .of(merchantId)
      .eventsAfter(0, ['payment.created', 'customer.created'], 100);
    expect(both).toHaveLength(4);
  });

  test('a rare type of event is searched for 2,000 sequences at a time, and none is missed', async () => {
    const store = at();
    await store.write(async (tx) => {
      for (let n = 1; n <= 4100; n += 1) await tx.of(merchantId).appendEvent(eventOf(n));
      await tx.of(merchantId).appendEvent({ ...eventOf(4101), type: 'refund.created' });
    });
    const through: number[] = [];
    const found: number[] = [];
    let after = 0;
    for (let hasMore = true; hasMore; ) {
      const range = await store.of(merchantId).eventsAfter(after, ['refund.created'], 10);
      found.push(...range.events.map(({ sequence }) => sequence));
      through.push(range.through);
      ({ through: after, hasMore } = range);
    }
    expect(through).toEqual([2000, 4000, 4101]);
    expect(found).toEqual([4101]);
  });

  test('listeners are called per merchant, only for committed events and once these can be read', async () => {
    const store = at();
    const heard: CommittedEvents[] = [];
    const readable: Awaitable<number>[] = [];
    store.onCommit((committed) => {
      heard.push(committed);
      readable.push(store.of(committed.merchantId).lastSequence());
    });
    const undone = store.write(async (tx) => {
      await tx.of(merchantId).appendEvent(eventOf(2));
      throw new Error('undone');
    });
    await Promise.allSettled([
      append(merchantId, 1),
      undone,
      append(otherMerchantId, 3),
      append(merchantId, 4),
    ]);
    expect(heard).toEqual([
      {
        merchantId,
        events: [
          { ...eventOf(1), sequence: 1 },
          { ...eventOf(4), sequence: 2 },
        ],
      },
      { merchantId: otherMerchantId, events: [{ ...eventOf(3), sequence: 1 }] },
    ]);
    expect(await Promise.all(readable)).toEqual([2, 1]);
  });

  test('a merchant that does not exist has no events', async () => {
    await expect(append('acct_none', 1)).rejects.toThrow('expected merchant acct_none');
    expect(await at().of('acct_none').lastSequence()).toBe(0);
  });
}
