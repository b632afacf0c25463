import { writeSync } from 'node:fs';
import { createInProcessClient } from '../../services/core/client.ts';
import { createCore } from '../../services/core/invoke.ts';
import { createPorts } from '../../services/ports.ts';
import { openStore } from '../../services/storage/open.ts';

/**
 * A process that creates payments until it is killed, and says so of each as soon as it is
 * acknowledged: a line with idempotency key and payment id.
 *
 * Arguments: the database's URL, the API key, the number of the first idempotency key, and how many
 * milliseconds the clock is ahead.
 */
const [url = '', apiKey, first = '0', aheadMs = '0'] = process.argv.slice(2);
const clock = { now: () => Date.now() + Number(aheadMs) };
const core = createCore(await createPorts(await openStore(url), clock));
const client = createInProcessClient(core, apiKey);

let next = Number(first);

async function createPayments(): Promise<never> {
  for (;;) {
    const number = next;
    next += 1;
    const key = `key-${number}`;
    const { id } = await client.createPayment(
      {
        amount: number + 1,
        currency: 'GBP',
        paymentMethod: 'pm_card_ok',
        // Every second one takes two transactions, with the card network between them.
        confirm: number % 2 === 1,
        metadata: { key },
      },
      { idempotencyKey: key },
    );
    // Written by the time this returns: a line that the parent does not have was not acknowledged.
    writeSync(1, `${key} ${id}\n`);
  }
}

writeSync(1, 'ready\n');
await Promise.all(Array.from({ length: 8 }, createPayments));
