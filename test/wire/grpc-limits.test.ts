import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCore } from '../../services/core/invoke.ts';
import type { Limiter, RateState } from '../../services/core/limiter.ts';
import type { Store } from '../../services/core/store.ts';
import { createDemoMerchants } from '../../services/demo/merchants.ts';
import { startGrpcServer } from '../../services/grpc/server.ts';
import { createPorts } from '../../services/ports.ts';
import { openStore } from '../../services/storage/open.ts';
import { createAddressOf } from '../../services/wire/address.ts';
import { paymentService } from '../../services/wire/protobuf/contract.ts';
import { asAdmin, openPeer, type Peer } from './grpc-peer.ts';

const rate: RateState = {
  allowed: true,
  limit: 200,
  ratePerSecond: 100,
  remaining: 150,
  resetMs: 500,
  retryAfterMs: 0,
};

/** Counts what is taken, and lets everybody through. */
function countTokens() {
  const taken: { readonly ids: readonly string[]; readonly tokens: number }[] = [];
  const limiter: Limiter = {
    take(buckets, tokens) {
      taken.push({ ids: buckets.map(({ id }) => id), tokens });
      return rate;
    },
    debit() {
      return rate;
    },
  };
  return { taken, limiter };
}

const ofKeys = countTokens();
const ofAddresses = countTokens();
let store: Store;
let server: Awaited<ReturnType<typeof startGrpcServer>>;
let peer: Peer;

beforeAll(async () => {
  store = await openStore('sqlite::memory:');
  const ports = await createPorts(store);
  await createDemoMerchants(ports);
  const failures = { limiter: ofAddresses.limiter, allowance: { ratePerSecond: 1, burst: 1 } };
  const core = createCore({ ...ports, limiter: ofKeys.limiter, failures });
  const addressOf = createAddressOf([]);
  server = await startGrpcServer(core, { host: '127.0.0.1', port: 0 }, { addressOf });
  peer = openPeer(server.port);
});
afterAll(async () => {
  peer.close();
  await server.close();
  await store.close();
});
beforeEach(() => {
  ofKeys.taken.length = 0;
  ofAddresses.taken.length = 0;
});

const { CreatePayment, GetPayment, ListPayments } = paymentService;
const card = { amount: 1000, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;

describe('rate limits', () => {
  test('are reported in initial metadata of responses and of failures', async () => {
    const answers = await Promise.all([
      peer.ask(ListPayments, {}),
      peer.ask(GetPayment, { id: 'pay_none' }),
      peer.ask(GetPayment, {}, { bytes: Buffer.from([0x0f]) }),
    ]);
    for (const { metadata } of answers) {
      expect(metadata.get('ratelimit')).toEqual(['"key";r=150;t=1']);
      expect(metadata.get('ratelimit-policy')).toEqual(['"key";q=200']);
    }
  });

  test.each([
    ['bytes that are no message', {}, { bytes: Buffer.from([0x0f]) }],
    [
      'two idempotency keys',
      { ...card, requestId: 'a' },
      { metadata: { ...asAdmin, 'idempotency-key': 'b' } },
    ],
    ['an idempotency key cut short', card, { metadata: { ...asAdmin, 'idempotency-key': '"b' } }],
    ['an unknown enum value', { ...card, captureMethod: 99 as 1 }, {}],
  ])('apply to the key if the request is %s', async (_what, request, options) => {
    const { error } = await peer.ask(CreatePayment, request, options);
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
    expect(ofKeys.taken).toHaveLength(1);
  });

  test.each([
    ['a bad credential', { ...GetPayment }, { authorization: 'Bearer sk_test_nobody' }],
    ['no credential', { ...GetPayment }, {}],
    ['an unknown method', { ...GetPayment, path: '/x.Y/Z' }, {}],
    ['a grpc-timeout that is none', { ...GetPayment }, { 'grpc-timeout': '1.5S' }],
    [
      'the health of an unknown service',
      { ...GetPayment, path: '/grpc.health.v1.Health/Check' },
      {},
    ],
  ])('apply to the address if the request is %s', async (_what, method, metadata) => {
    const { error } = await peer.ask(method, { id: 'pay_none' }, { metadata });
    expect(error).toBeDefined();
    expect(ofKeys.taken).toEqual([]);
    expect(ofAddresses.taken).toEqual([{ ids: ['127.0.0.1'], tokens: 1 }]);
  });
});

test('an idempotency key is the same with and without quotes', async () => {
  const key = randomUUID();
  const quoted = { ...asAdmin, 'idempotency-key': `"${key}"` };
  const first = await peer.ask(CreatePayment, card, { metadata: quoted });
  const bare = { ...asAdmin, 'idempotency-key': key };
  const second = await peer.ask(CreatePayment, card, { metadata: bare });
  const third = await peer.ask(CreatePayment, { ...card, requestId: key }, { metadata: quoted });
  expect([second.message?.id, third.message?.id]).toEqual([first.message?.id, first.message?.id]);
});
