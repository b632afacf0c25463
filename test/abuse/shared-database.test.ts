import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, createInProcessClient } from '../../services/core/client.ts';
import type { Fivewire } from '../../services/main.ts';
import { openServer, streams, subjects } from '../contract/subjects.ts';
import { adminKey } from '../house.ts';

/** How every wire responds while another process uses its database. */

let folder: string;
let path: string;
let here: Fivewire;
let elsewhere: Fivewire;
const clients = new Map<string, Client>();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shared-'));
  path = join(folder, 'payments.db');
  here = await openServer(`sqlite:${path}`);
  elsewhere = await openServer(`sqlite:${path}`);
  for (const [wire, connect] of Object.entries(subjects)) {
    clients.set(wire, await connect(here, adminKey));
  }
});
afterAll(async () => {
  for (const client of clients.values()) await client.close();
  await here.close();
  await elsewhere.close();
  rmSync(folder, { recursive: true });
});

const longest = { timeout: 120_000 };
const url = (route: string) => `http://127.0.0.1:${here.ports.http}${route}`;
let keys = 0;
const fresh = () => {
  keys += 1;
  return { idempotencyKey: `shared-${keys}` };
};

describe('while another process holds the database', () => {
  let other: DatabaseSync;
  beforeAll(() => {
    other = new DatabaseSync(path);
    other.exec('begin immediate');
  });
  afterAll(() => other.close());

  test('each wire serves reads and refuses a write with `overloaded` and the time to wait', async () => {
    const writes = [...clients].map(async ([wire, client]) => {
      const name = `Written over ${wire}`;
      const key = fresh();
      const write = client.createCustomer({ name }, key);
      const refused = expect(write, wire).rejects.toMatchObject({
        code: 'overloaded',
        details: { retryAfterMs: 1000 },
      });
      expect((await client.listCustomers({})).items, wire).toEqual([]);
      await refused;
      return () => client.createCustomer({ name }, key);
    });
    const retries = await Promise.all(writes);
    other.exec('rollback');
    await Promise.all(retries.map((retry) => retry()));
    const { items } = await createInProcessClient(here.core, adminKey).listCustomers({});
    expect(items).toHaveLength(clients.size);
    other.exec('begin immediate');
  }, 240_000);

  test('REST refuses a write with 503 and Retry-After', async () => {
    const response = await fetch(url('/v1/customers'), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${adminKey}`,
        'content-type': 'application/json',
        'idempotency-key': 'shared-rest',
      },
      body: '{"name":"Ada"}',
    });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ code: 'overloaded' });
  }, 240_000);

  test('the server reports that it is alive but not ready, and is ready again afterwards', async () => {
    const ready = async () => {
      const response = await fetch(url('/readyz'));
      return [response.status, await response.text()];
    };
    await expect
      .poll(ready, longest)
      .toEqual([503, expect.stringContaining('another process holds the database')]);
    expect((await fetch(url('/healthz'))).status).toBe(200);
    other.exec('rollback');
    await expect.poll(ready, longest).toEqual([200, 'ready\n']);
  }, 240_000);
});

test('a key that another server revokes ends its streams on every wire', async () => {
  const admin = createInProcessClient(elsewhere.core, adminKey);
  const scopes = ['events:read', 'customers:read', 'payments:read'] as const;
  const made = await admin.createKey({ name: 'shared', scopes: [...scopes] }, fresh());
  const open = Object.entries(streams).map(async ([wire, connect]) => {
    const client = await connect(here, made.secret ?? '');
    const stop = new AbortController();
    const events = await client.watchEvents({ after: 0 }, { signal: stop.signal });
    const iterator = events[Symbol.asyncIterator]();
    expect((await iterator.next()).done, wire).toBe(false);
    const ended = (async () => {
      while (!(await iterator.next()).done);
    })();
    return {
      wire,
      client,
      ended: expect(ended, wire).rejects.toMatchObject({ code: 'unauthenticated' }),
    };
  });
  const watching = await Promise.all(open);
  await admin.revokeKey({ id: made.id }, fresh());
  for (const { ended, client } of watching) {
    await ended;
    await client.close();
  }
}, 240_000);
