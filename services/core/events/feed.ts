import type { Store } from '../ports.ts';
import type { Event } from './event.ts';

/** Reports each commit to those who watch a merchant's events. */
export interface EventFeed {
  /**
   * @param onElsewhere called after another process committed: the store may hold events that
   *   `listener` never gets
   * @returns a function that ends the subscription
   */
  subscribe(
    merchantId: string,
    listener: (events: readonly Event[]) => void,
    onElsewhere?: () => void,
  ): () => void;
}

/** A feed over the store's commits. */
export function createEventFeed(store: Pick<Store, 'onCommit' | 'onForeignCommit'>): EventFeed {
  const listeners = new Map<string, Set<(events: readonly Event[]) => void>>();
  store.onCommit(({ merchantId, events }) => {
    for (const listener of listeners.get(merchantId) ?? []) listener(events);
  });
  const elsewhere = new Set<() => void>();
  store.onForeignCommit(() => {
    for (const listener of elsewhere) listener();
  });
  return {
    subscribe(merchantId, listener, onElsewhere) {
      const ofMerchant = listeners.get(merchantId) ?? new Set();
      listeners.set(merchantId, ofMerchant);
      ofMerchant.add(listener);
      // A function of its own for each subscription, so that one that ends takes no other with it.
      const hear = onElsewhere && (() => onElsewhere());
      if (hear) elsewhere.add(hear);
      return () => {
        if (hear) elsewhere.delete(hear);
        ofMerchant.delete(listener);
        if (ofMerchant.size === 0) listeners.delete(merchantId);
      };
    },
  };
}
