import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, createInProcessClient } from '../../services/core/client.ts';
import { PaymentsError } from '../../services/core/errors.ts';
import { adminKey, type House, openHouse } from '../house.ts';

/**
 * Random sequences of operations against a model that knows nothing but the rules of money. What
 * the model allows must happen, what it does not must be refused, and at the end the books agree.
 */

interface Model {
  readonly id: string;
  readonly manual: boolean;
  readonly amount: number;
  state: 'open' | 'authorized' | 'captured' | 'ended';
  captured: number;
  refunded: number;
}

let house: House;
let client: Client;
beforeAll(async () => {
  house = await openHouse();
  client = createInProcessClient(house.core, adminKey);
});
afterAll(() => house.close());

const once = () => ({ idempotencyKey: randomUUID() });
const amount = fc.integer({ min: 1, max: 500 });
const which = fc.nat(9);

const command = fc.oneof(
  fc.record({
    kind: fc.constant('create' as const),
    amount,
    manual: fc.boolean(),
    confirm: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('confirm' as const), which }),
  fc.record({ kind: fc.constant('cancel' as const), which }),
  fc.record({ kind: fc.constant('capture' as const), which, amount: fc.option(amount) }),
  fc.record({
    kind: fc.constant('refund' as const),
    which,
    /** Absent: the rest; `over`: so much more than the rest. */
    amount: fc.option(fc.oneof(amount, fc.record({ over: fc.nat(1) }))),
  }),
);

type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

function confirmed(model: Model): void {
  model.state = model.manual ? 'authorized' : 'captured';
  if (!model.manual) model.captured = model.amount;
}

/** Runs one command; `expected` says whether the model allows it. */
async function apply(step: Command, models: Model[]): Promise<void> {
  if (step.kind === 'create') {
    const payment = await client.createPayment(
      {
        amount: step.amount,
        currency: 'GBP',
        paymentMethod: 'pm_card_ok',
        captureMethod: step.manual ? 'manual' : 'automatic',
        confirm: step.confirm,
      },
      once(),
    );
    const model: Model = {
      id: payment.id,
      manual: step.manual,
      amount: step.amount,
      state: 'open',
      captured: 0,
      refunded: 0,
    };
    if (step.confirm) confirmed(model);
    models.push(model);
    return;
  }
  const model = models[step.which % Math.max(models.length, 1)];
  if (!model) return;
  const { id } = model;
  switch (step.kind) {
    case 'confirm':
      await agree(model.state === 'open', client.confirmPayment({ id }, once()));
      if (model.state === 'open') confirmed(model);
      return;
    case 'cancel': {
      const allowed = model.state === 'open' || model.state === 'authorized';
      await agree(allowed, client.cancelPayment({ id }, once()));
      if (allowed) model.state = 'ended';
      return;
    }
    case 'capture': {
      const taken = step.amount ?? model.amount;
      const allowed = model.state === 'authorized' && taken <= model.amount;
      await agree(allowed, client.capturePayment({ id, amount: step.amount ?? undefined }, once()));
      if (allowed) Object.assign(model, { state: 'captured', captured: taken });
      return;
    }
    case 'refund': {
      const left = model.captured - model.refunded;
      const asked =
        typeof step.amount === 'object' && step.amount !== null
          ? Math.max(left + step.amount.over, 1)
          : (step.amount ?? undefined);
      const back = asked ?? left;
      const allowed = model.state === 'captured' && left > 0 && back <= left;
      const input = { payment: id, amount: asked };
      await agree(allowed, client.refundPayment(input, once()));
      if (allowed) model.refunded += back;
      return;
    }
  }
}

async function agree(allowed: boolean, call: Promise<unknown>): Promise<void> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (allowed) return expect(error).toBeUndefined();
  expect(error).toBeInstanceOf(PaymentsError);
  // Refused by a rule of the core, not by a constraint of the database.
  expect(error).not.toMatchObject({ code: 'internal' });
}

test('any sequence of operations conserves money', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 40 }), async (steps) => {
      const models: Model[] = [];
      for (const step of steps) await apply(step, models);
      for (const model of models) {
        const payment = await client.getPayment({ id: model.id });
        expect(payment.amountCaptured).toBe(model.captured);
        expect(payment.amountRefunded).toBe(model.refunded);
        expect(payment.amountCaptured).toBeLessThanOrEqual(payment.amount);
        const refunds = await client.listRefunds({ payment: model.id, limit: 100 });
        expect(refunds.hasMore).toBe(false);
        expect(refunds.items.reduce((sum, { amount }) => sum + amount, 0)).toBe(model.refunded);
      }
    }),
    { numRuns: 150 },
  );
});
