import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../services/core/client.ts';
import { PaymentsError } from '../../services/core/errors.ts';
import type { Event } from '../../services/core/events/event.ts';
import type { Scope } from '../../services/core/merchants/merchant.ts';
import type { Fivewire } from '../../services/main.ts';
import { adminKey } from '../house.ts';
import { openServer, streams, subjects } from './subjects.ts';

/** On every wire, a key does, shows and grants only what its scopes allow. */

let server: Fivewire;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server?.close());

const once = () => ({ idempotencyKey: randomUUID() });

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return error instanceof PaymentsError ? error.code : String(error);
  }
}

interface Limits {
  readonly ratePerSecond?: number;
  readonly burst?: number;
}

/** Rate limits high enough to list all events at once. */
const plenty: Limits = { ratePerSecond: 100_000, burst: 100_000 };

/** The secret of a key with these scopes, and its id. */
async function keyWith(admin: Client, scopes: Scope[], limits: Limits = {}) {
  const { secret, id } = await admin.createKey({ name: 'k', scopes, ...limits }, once());
  if (secret === null) throw new Error('Expected the secret of a new key, got none.');
  return { secret, id };
}

describe.each(Object.entries(subjects))('%s', (_name, connect) => {
  let admin: Client;
  const opened: Client[] = [];
  const open = async (key: string) => {
    const client = await connect(server, key);
    opened.push(client);
    return client;
  };
  beforeAll(async () => {
    admin = await open(adminKey);
  });
  afterAll(() => Promise.all(opened.map((client) => client.close())));

  test('a key grants no scope that it lacks, and no higher rate or burst than its own', async () => {
    const own = { ratePerSecond: 50, burst: 60 };
    const { secret } = await keyWith(admin, ['keys:write', 'events:read'], own);
    const minter = await open(secret);
    const mint = (scopes: Scope[], limits: Limits = {}) =>
      codeOf(minter.createKey({ name: 'k', scopes, ...limits }, once()));
    expect(await mint(['payments:write'])).toBe('permission_denied');
    expect(await mint(['events:read', 'payments:read'])).toBe('permission_denied');
    expect(await mint(['events:read'], { ratePerSecond: 51, burst: 1 })).toBe('permission_denied');
    expect(await mint(['events:read'], { ratePerSecond: 1, burst: 61 })).toBe('permission_denied');
    expect(await mint(['keys:write', 'events:read'], own)).toBe('ok');
    // An omitted limit does not exceed the caller's either.
    const granted = await minter.createKey({ name: 'k', scopes: ['events:read'] }, once());
    expect(granted.ratePerSecond).toBeLessThanOrEqual(50);
    expect(granted.burst).toBeLessThanOrEqual(60);
  });

  test('a key cannot revoke a key that has more rights', async () => {
    const limits = { ratePerSecond: 50, burst: 60 };
    const { secret } = await keyWith(admin, ['keys:write', 'payments:read'], limits);
    const minter = await open(secret);
    const more = await keyWith(admin, ['payments:write'], limits);
    const faster = await keyWith(admin, ['payments:read'], { ...limits, burst: 61 });
    const less = await keyWith(admin, ['payments:read'], limits);
    expect(await codeOf(minter.revokeKey({ id: more.id }, once()))).toBe('permission_denied');
    expect(await codeOf(minter.revokeKey({ id: faster.id }, once()))).toBe('permission_denied');
    expect(await codeOf((await open(more.secret)).listPayments({}))).toBe('permission_denied');
    expect(await codeOf((await open(faster.secret)).listPayments({}))).toBe('ok');
    expect(await codeOf(minter.revokeKey({ id: less.id }, once()))).toBe('ok');
    expect(await codeOf((await open(less.secret)).listPayments({}))).toBe('unauthenticated');
  });

  test('a list of events shows only what the key may read, and its pages skip the rest', async () => {
    const { id } = await admin.createCustomer({ name: 'Ada', email: 'ada@example.com' }, once());
    const input = {
      amount: 1,
      currency: 'GBP',
      customer: id,
      paymentMethod: 'pm_card_ok',
    } as const;
    await admin.createPayment(input, once());
    const seenBy = async (scopes: Scope[]) => {
      const client = await open((await keyWith(admin, scopes, plenty)).secret);
      const seen: Event[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await client.listEvents({ limit: 20, ...(cursor && { cursor }) });
        seen.push(...page.items);
        cursor = page.nextCursor;
      }
      return new Set(seen.map(({ data }) => data.kind));
    };
    expect(await seenBy(['events:read'])).toEqual(new Set());
    expect(await seenBy(['events:read', 'payments:read'])).toEqual(new Set(['payment']));
    expect(await seenBy(['events:read', 'customers:read'])).toEqual(new Set(['customer']));
  });
});

describe.each(Object.entries(streams))('%s', (_name, connect) => {
  test('a stream shows only what the key may read', async () => {
    const admin = (await subjects['in-process']?.(server, adminKey)) as Client;
    const scopes: Scope[] = ['events:read', 'payments:read'];
    const client = await connect(server, (await keyWith(admin, scopes)).secret);
    const stop = new AbortController();
    try {
      const stream = await client.watchEvents({}, { signal: stop.signal });
      const { id } = await admin.createCustomer({ name: 'Grace' }, once());
      const input = {
        amount: 1,
        currency: 'GBP',
        customer: id,
        paymentMethod: 'pm_card_ok',
      } as const;
      const payment = await admin.createPayment(input, once());
      for await (const { data } of stream) {
        expect(data).toEqual({ kind: 'payment', payment });
        break;
      }
    } finally {
      stop.abort();
      await client.close();
    }
  });
});
