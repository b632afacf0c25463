import type { Store } from '../ports.ts';
import type { Event } from './event.ts';

/** Tells those who watch a merchant's events of each commit. */
export interface EventFeed {
  /** @returns a function that ends the subscription */
  subscribe(merchantId: string, listener: (events: readonly Event[]) => void): () => void;
}

/** A feed over the store's commits. */
export function createEventFeed(store: Pick<Store, 'onCommit'>): EventFeed {
  const listeners = new Map<string, Set<(events: readonly Event[]) => void>>();
  store.onCommit(({ merchantId, events }) => {
    for (const listener of listeners.get(merchantId) ?? []) listener(events);
  });
  return {
    subscribe(merchantId, listener) {
      const ofMerchant = listeners.get(merchantId) ?? new Set();
      listeners.set(merchantId, ofMerchant);
      ofMerchant.add(listener);
      return () => {
        ofMerchant.delete(listener);
        if (ofMerchant.size === 0) listeners.delete(merchantId);
      };
    },
  };
}
