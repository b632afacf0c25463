import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createInProcessClient } from '../../services/core/client.ts';
import { toPaymentsError } from '../../services/core/errors.ts';
import { adminKey, type House, openHouse } from '../house.ts';

const core = join(import.meta.dirname, '../../services/core');

test('only savePayment writes payments', () => {
  const writers = readdirSync(core, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.ts') &&
      /\.(insert|update)Payment\(/.test(readFileSync(join(core, file), 'utf8')),
  );
  expect(writers).toEqual(['payments/save.ts']);
});

describe('every change of a payment has its event', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());

  let keys = 0;
  const fresh = () => {
    keys += 1;
    return { idempotencyKey: `save-${keys}` };
  };
  const client = () => createInProcessClient(house.core, adminKey);
  const create = (fields: object = {}) =>
    client().createPayment(
      { amount: 1000, currency: 'GBP', paymentMethod: 'pm_card_ok', ...fields },
      fresh(),
    );
  /** Type and version of each event of a payment. */
  const reported = async () => {
    const { items } = await client().listEvents({ limit: 100 });
    return items.flatMap(({ type, data }) =>
      data.kind === 'payment' ? [`${type} ${data.payment.version}`] : [],
    );
  };

  test('at creation, confirmation, capture and refund', async () => {
    const { id } = await create({ captureMethod: 'manual' });
    await client().confirmPayment({ id }, fresh());
    await client().capturePayment({ id }, fresh());
    await client().refundPayment({ payment: id, amount: 1 }, fresh());
    await client().refundPayment({ payment: id }, fresh());
    expect(await reported()).toEqual([
      'payment.created 1',
      'payment.processing 2',
      'payment.authorized 3',
      'payment.succeeded 4',
      'payment.refunded 5',
      'payment.refunded 6',
    ]);
  });

  test('at cancellation and decline', async () => {
    await client().cancelPayment({ id: (await create()).id }, fresh());
    await create({ confirm: true, paymentMethod: 'pm_card_declined' }).catch(toPaymentsError);
    expect(await reported()).toEqual([
      'payment.created 1',
      'payment.canceled 2',
      'payment.created 1',
      'payment.failed 2',
    ]);
  });

  test('and a charge that is open or was not made is no change', async () => {
    await create({ confirm: true, paymentMethod: 'pm_card_slow' });
    await create({ confirm: true, paymentMethod: 'pm_card_unavailable' }).catch(toPaymentsError);
    expect(await reported()).toEqual(['payment.created 1', 'payment.created 1']);
  });
});
