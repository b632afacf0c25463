import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../services/core/client.ts';
import type { Event } from '../../services/core/events/event.ts';
import type { InputOf } from '../../services/core/operations.ts';
import type { Fivewire } from '../../services/main.ts';
import { adminKey } from '../house.ts';
import { codeOf, once, simple } from './clients.ts';
import { openServer, streams, subjects } from './subjects.ts';

/** What a stream of events delivers in every room, and in the core without a protocol. */

let server: Fivewire;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server?.close());

describe.each(Object.entries(streams))('events over %s', (_name, connect) => {
  let direct: Client;
  let watcher: Awaited<ReturnType<typeof connect>>;

  beforeAll(async () => {
    const inProcess = subjects['in-process'];
    if (!inProcess) throw new Error('expected the in-process subject');
    direct = await inProcess(server, adminKey);
    watcher = await connect(server, adminKey);
  });
  afterAll(() => watcher?.close());

  const last = async (): Promise<number> => await server.store.of('acct_retail').lastSequence();

  async function take(
    count: number,
    input: InputOf<'watchEvents'>,
    onOpen: () => Promise<unknown> = async () => {},
  ): Promise<Event[]> {
    const end = new AbortController();
    const events = await watcher.watchEvents(input, { signal: end.signal });
    await onOpen();
    const seen: Event[] = [];
    for await (const event of events) {
      seen.push(event);
      if (seen.length === count) break;
    }
    end.abort();
    return seen;
  }

  const write = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () =>
        direct.createPayment({ ...simple, confirm: true }, once()),
      ),
    );

  test('events committed after the subscription arrive in order and equal those of the list', async () => {
    const before = await last();
    const seen = await take(20, {}, () => write(10));
    expect(seen.map((event) => event.sequence)).toEqual(
      Array.from({ length: 20 }, (_, i) => before + 1 + i),
    );
    const listed = await direct.listEvents({ after: before, limit: 20 });
    expect(seen).toEqual(listed.items);
  });

  test('a stream cut again and again resumes without a gap and without a repeat', async () => {
    const start = await last();
    const total = 120;
    const writing = (async () => {
      for (let i = 0; i < total / 2; i += 4) await write(4);
    })();
    const seen: number[] = [];
    let cut = 1;
    while (seen.length < total) {
      const count = Math.min(cut, total - seen.length);
      const after = seen.at(-1) ?? start;
      seen.push(...(await take(count, { after })).map((event) => event.sequence));
      cut = (cut % 23) + 7;
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: total }, (_, i) => start + 1 + i));
  });

  test('only events of the requested types are delivered', async () => {
    const after = await last();
    const [payment] = await write(2);
    await direct.refundPayment({ payment: payment?.id ?? '', amount: 1 }, once());
    const [event] = await take(1, { after, types: ['refund.created'] });
    expect(event).toMatchObject({ type: 'refund.created', data: { kind: 'refund' } });
  });

  test('the stream ends with an error when its key is revoked', async () => {
    const scopes = ['events:read', 'payments:read', 'customers:read'] as const;
    const created = await direct.createKey({ name: 'stream', scopes: [...scopes] }, once());
    const brief = await connect(server, created.secret ?? '');
    const end = new AbortController();
    const events = await brief.watchEvents({}, { signal: end.signal });
    await write(1);
    const ended = (async () => {
      for await (const _event of events) {
        // The first event proves that the stream is open.
        await direct.revokeKey({ id: created.id }, once());
      }
    })();
    await expect(ended).rejects.toThrow();
    end.abort();
    await brief.close();
  });

  test('a subscription without the scope is refused', async () => {
    const created = await direct.createKey(
      { name: 'no events', scopes: ['payments:read'] },
      once(),
    );
    const brief = await connect(server, created.secret ?? '');
    const end = new AbortController();
    const opened = brief.watchEvents({}, { signal: end.signal });
    expect(await codeOf(opened)).toBe('permission_denied');
    end.abort();
    await brief.close();
  });
});
