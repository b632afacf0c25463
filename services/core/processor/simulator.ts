import { setTimeout as sleep } from 'node:timers/promises';
import type { DeclineCode, PaymentMethod } from '../payments/payment.ts';
import type { ChargeOutcome, Processor } from './processor.ts';

const declines: Partial<Record<PaymentMethod, { code: DeclineCode; message: string }>> = {
  pm_card_declined: { code: 'card_declined', message: 'The issuer declined the card.' },
  pm_card_insufficient_funds: {
    code: 'insufficient_funds',
    message: 'The account behind the card has too little money.',
  },
  pm_card_expired: { code: 'card_expired', message: 'The card has expired.' },
};

/**
 * A card network whose outcome depends on the payment method alone. It keeps no state, so repeating
 * a request is always safe. Captures, cancellations and refunds do not involve it.
 *
 * @param options.slowMs how long `pm_card_slow` takes to settle
 * @param options.timeoutMs how long a `pm_card_timeout` charge takes to time out
 */
export function createSimulator(options: {
  readonly now: () => number;
  readonly slowMs: number;
  readonly timeoutMs: number;
}): Processor {
  const { now, slowMs, timeoutMs } = options;
  return {
    async charge({ paymentMethod }, signal): Promise<ChargeOutcome> {
      switch (paymentMethod) {
        case 'pm_card_slow':
          return { kind: 'pending', retryAtMs: now() + slowMs };
        case 'pm_card_unavailable':
          return { kind: 'unavailable' };
        case 'pm_card_timeout':
          // A caller that gives up gets the same outcome as one that waited.
          await sleep(timeoutMs, undefined, signal ? { signal } : {}).catch(() => {});
          return { kind: 'timeout', retryAtMs: now() + slowMs };
        default:
          return eventually(paymentMethod);
      }
    },
    async lookUp({ paymentMethod }): Promise<ChargeOutcome> {
      return paymentMethod === 'pm_card_unavailable'
        ? { kind: 'unavailable' }
        : eventually(paymentMethod);
    },
  };
}

const eventually = (paymentMethod: PaymentMethod): ChargeOutcome => {
  const decline = declines[paymentMethod];
  return decline ? { kind: 'declined', ...decline } : { kind: 'approved' };
};
