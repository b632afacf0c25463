import type { Client } from '../../services/core/client.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import type { Refund } from '../../services/core/refunds/refund.ts';
import type { CallWire } from '../result/wires.ts';
import { createRandom } from '../statistics/random.ts';
import { connectClient, type SubjectClients } from '../subject/clients.ts';
import type { Fixtures } from '../subject/fixtures.ts';
import { createOne, readNewest, readOne } from '../subject/payments.ts';
import { restAgain, room } from '../trial/contenders.ts';
import { type MixOperation, type MixTarget, prepareMix } from '../trial/mix.ts';
import { connections, type MixPhase, openMixTrial } from '../trial/mix-trial.ts';
import { proveEqual } from '../trial/proof.ts';
import { check, type Effort, type Loading, type Scenario } from '../trial/scenario.ts';
import { paymentToCreate, withoutBirth } from '../trial/workloads.ts';
import { screenByBatch } from './screen.ts';

/** The newest payments of the shop, out of which the targets are drawn. */
const pages = 50;
const pageSize = 100;
/** Draws: as many targets, some of them more than once. */
const draws = 128;
/** So many of them are compared with the baseline's answers. */
const proved = 4;
const limit = 20;

/**
 * Draws payments evenly out of the newest 5,000 of the real shop, and takes the customer of each:
 * customers are called as often as they buy, which is the skew of the real data. The customers are
 * the same in every run.
 */
async function drawTargets(client: Client, fixtures: Fixtures): Promise<MixTarget[]> {
  const owners: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const { items, nextCursor } = await client.listPayments({ limit: pageSize, cursor });
    for (const { customer } of items) {
      // What the bench has created is not of the shop.
      if (customer !== null && customer !== fixtures.heavyCustomerId) owners.push(customer);
    }
    cursor = nextCursor ?? undefined;
    if (cursor === undefined) break;
  }
  check(owners.length > 0, 'payments with customers');
  const random = createRandom(1);
  const known = new Map<string, MixTarget>();
  const targets: MixTarget[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    const customer = owners[Math.floor(random() * owners.length)] ?? '';
    const [newest] = known.has(customer) ? [] : (await readNewest(client, 1, customer)).items;
    const target = known.get(customer) ?? { customer, payment: newest?.id ?? '' };
    known.set(customer, target);
    targets.push(target);
  }
  return targets;
}

const refundReason = 'WRONG SIZE';

/** What two refunds of two payments cannot have in common. */
const withoutOrigin = (answer: unknown) => ({
  // Whatever answers is a refund.
  ...(answer as Refund),
  id: '',
  payment: '',
  createdAt: 0,
});

type PerformScreen = (client: Client, customer: string) => Promise<unknown>;

/** One request, on wires that can ask for all of a screen. */
const asWhole: PerformScreen = (client, customer) =>
  // The client is that of the contender's own wire.
  (client as SubjectClients['rest' | 'graphql']).getScreen(customer);

/** A screen in each wire's natural way: its requests, one number after the other. */
const screens: Readonly<
  Record<CallWire, { readonly perform: PerformScreen; readonly stages: readonly number[] }>
> = {
  rest: { perform: asWhole, stages: [1] },
  'rest-http2': { perform: asWhole, stages: [1] },
  graphql: { perform: asWhole, stages: [1] },
  grpc: { perform: screenByBatch, stages: [2, 1] },
  websocket: { perform: screenByBatch, stages: [2, 1] },
};

/** The mix: mostly reads, some of what a page shows, some writes. */
const operationsOf = (wire: CallWire): readonly MixOperation[] => [
  { name: 'read', share: 0.6, perform: (client, { payment }) => readOne(client, payment) },
  {
    name: 'page',
    share: 0.1,
    perform: (client, { customer }) => readNewest(client, limit, customer),
    // Cursors are each wire's own.
    comparable: (page) => (page as { readonly items: readonly Payment[] }).items,
  },
  {
    name: 'screen',
    share: 0.1,
    perform: (client, { customer }) => screens[wire].perform(client, customer),
    stages: screens[wire].stages,
  },
  {
    name: 'create',
    share: 0.15,
    perform: (client, _target, key) => createOne(client, paymentToCreate, key),
    comparable: withoutBirth,
    fragments: ['pay_', paymentToCreate.currency, paymentToCreate.description],
  },
  {
    name: 'refund',
    share: 0.05,
    perform: (client, { payment }, idempotencyKey) =>
      client.refundPayment({ payment, amount: 1, reason: refundReason }, { idempotencyKey }),
    comparable: withoutOrigin,
    fragments: ['re_', 'GBP', refundReason],
  },
];

/** What all contenders do, and what they answer to the first of it. */
interface MixReference {
  readonly targets: readonly MixTarget[];
  readonly answers: Readonly<Record<string, readonly unknown[]>>;
}

const refundables = 16;
const refundableAmount = 50_000_000_000;

/** Payments to refund, one minor unit a time: of no customer, so that no page changes by it. */
async function createRefundables(client: Client): Promise<MixTarget[]> {
  const create = () => createOne(client, { amount: refundableAmount, confirm: true });
  const created = await Promise.all(Array.from({ length: refundables }, create));
  return created.map(({ id }) => ({ customer: '', payment: id }));
}

/** The targets of an operation among those of the mix. */
const targetsOf =
  (targets: readonly MixTarget[], toRefund: readonly MixTarget[]) =>
  ({ name }: MixOperation): readonly MixTarget[] =>
    name === 'refund' ? toRefund : name === 'create' ? targets.slice(0, 1) : targets;

const answerOf = ({ comparable }: MixOperation, answer: unknown): unknown =>
  comparable ? comparable(answer) : answer;

async function referenceOf(client: Client, wire: CallWire, fixtures: Fixtures) {
  const targets = await drawTargets(client, fixtures);
  const targetsFor = targetsOf(targets, await createRefundables(client));
  const answers: Record<string, unknown[]> = {};
  for (const operation of operationsOf(wire)) {
    const own: unknown[] = [];
    for (const [at, target] of targetsFor(operation).slice(0, proved).entries()) {
      const key = `reference-mix-${operation.name}-${at}`;
      own.push(answerOf(operation, await operation.perform(client, target, key)));
    }
    answers[operation.name] = own;
  }
  return { targets, answers } satisfies MixReference;
}

const lengths: Readonly<Record<Effort, { warm: number; closed: number; step: number }>> = {
  quick: { warm: 300, closed: 150, step: 300 },
  normal: { warm: 1500, closed: 300, step: 1000 },
  full: { warm: 3000, closed: 300, step: 1200 },
};

function phasesOf({ effort, durationMs }: Loading): readonly MixPhase[] {
  const { warm, closed, step } = lengths[effort];
  const isQuick = effort === 'quick';
  const parts = ['whole', 'readAlone'] as const;
  const idOf = (kind: string, of: MixPhase['of']) => `${of}: ${kind}`;
  const times = { closed: isQuick ? 1 : 2, search: isQuick ? 4 : 6 };
  const together = { times: 1, together: 'warming' } as const;
  return [
    ...parts.map((of): MixPhase => {
      const ms = of === 'whole' ? warm : warm / 2;
      return { id: idOf('warm-up', of), kind: 'warm-up', of, ms, ...together };
    }),
    ...parts.flatMap((of): MixPhase[] => [
      { id: idOf('closed', of), kind: 'closed', of, ms: closed, times: times.closed },
      {
        id: idOf('search', of),
        kind: 'search',
        of,
        ms: durationMs === undefined ? step : durationMs / times.search,
        times: times.search,
      },
    ]),
    { id: idOf('spike', 'whole'), kind: 'spike', of: 'whole', ms: isQuick ? 1200 : 8000, times: 1 },
  ];
}

const contenders = [room('rest'), restAgain, room('grpc'), room('graphql'), room('websocket')];

/** Reads, pages, screens, creates and refunds together, and a tenfold spike of them. */
export const mixed: Scenario = {
  name: 'mixed',
  title: 'A mix of calls, and a spike',
  what: '60 % reads of a payment, 10 % pages, 10 % screens, 15 % creates and 5 % refunds, each in the natural way of its wire. Customers are called as often as they buy.',
  baseline: 'rest',
  rounds: { quick: 1, normal: 0, full: 3 },
  contenders,
  phases: phasesOf,
  async reference(address, fixtures, { name }) {
    const { wire } = contenderNamed(name);
    const client: Client = await connectClient(address, wire);
    try {
      return await referenceOf(client, wire, fixtures);
    } finally {
      await client.close();
    }
  },
  async open(setup) {
    const { wire } = contenderNamed(setup.contender);
    const { address, loading, reference } = setup;
    // The scenario has made it.
    const { targets, answers } = reference as MixReference;
    const client: Client = await connectClient(address, wire);
    const toRefund = await createRefundables(client);
    await client.close();
    const operations = operationsOf(wire);
    const mix = await prepareMix(
      { address, wire },
      operations,
      targetsOf(targets, toRefund),
      connections,
    );
    for (const { name, answers: own } of mix.operations) {
      proveEqual(own.slice(0, proved), answers[name]);
    }
    return openMixTrial(setup, mix, phasesOf(loading));
  },
};

function contenderNamed(name: string) {
  const found = contenders.find((one) => one.name === name);
  if (!found) throw new Error(`Expected a contender of the mix, got '${name}'.`);
  return found;
}
