import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Event } from '../../services/core/events/event.ts';
import { adminKey } from '../house.ts';
import { type GraphqlHouse, once, openGraphqlHouse, post, simple } from './graphql-room.ts';
import { openGraphqlSocket, type SocketOptions } from './graphql-socket.ts';

/** Subscriptions, over graphql-transport-ws and over server-sent events. */

let room: GraphqlHouse;
beforeAll(async () => {
  room = await openGraphqlHouse();
});
afterAll(() => room.close());

const write = (count: number) =>
  Promise.all(Array.from({ length: count }, () => room.direct.createPayment(simple, once())));

const lastSequence = () => room.house.store.of('acct_retail').lastSequence();

const socketUrl = () => `${room.target.replace('http', 'ws')}/graphql`;

async function take(events: AsyncIterable<Event>, count: number): Promise<Event[]> {
  const seen: Event[] = [];
  if (count === 0) return seen;
  for await (const event of events) {
    seen.push(event);
    if (seen.length === count) break;
  }
  return seen;
}

describe('over graphql-transport-ws', () => {
  const openSocket = (options?: SocketOptions) => openGraphqlSocket(room.target, options);
  const authorization = `Bearer ${adminKey}`;

  test('the client of graphql-ws subscribes, queries and mutates on the same socket', async () => {
    const client = createClient({
      url: socketUrl(),
      webSocketImpl: WebSocket,
      connectionParams: { authorization },
    });
    const after = String(await lastSequence());
    const stream = client.iterate<{ events: { sequence: number; data: { id: string } } }>({
      query:
        'subscription ($after: String) { events(after: $after) { sequence data { ... on Payment { id } } } }',
      variables: { after },
    });
    const [payment] = await write(1);
    const { value } = await stream.next();
    expect(value?.data?.events).toEqual({
      sequence: Number(after) + 1,
      data: { id: payment?.id },
    });
    for await (const { data } of client.iterate({ query: '{ __typename }' })) {
      expect(data).toEqual({ __typename: 'Query' });
    }
    const created = client.iterate<{ createCustomer: { name: string } }>({
      query: `mutation { createCustomer(input: { name: "W" }, idempotencyKey: "ws") {
        ... on Customer { name }
      } }`,
    });
    expect((await created.next()).value?.data?.createCustomer.name).toBe('W');
    await stream.return?.();
    await client.dispose();
  });

  test('many events arrive in order, each once, and a cut stream resumes at its position', async () => {
    const start = await lastSequence();
    const writing = (async () => {
      for (let i = 0; i < 10; i += 1) await write(10);
    })();
    const seen: number[] = [];
    while (seen.length < 100) {
      const end = new AbortController();
      const after = seen.at(-1) ?? start;
      const events = await room.client.watchEvents({ after }, { signal: end.signal });
      const taken = await take(events, Math.min(17, 100 - seen.length));
      seen.push(...taken.map(({ sequence }) => sequence));
      end.abort();
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => start + 1 + i));
  });

  test('a subscription that has begun misses nothing, and one that has ended reads nothing', async () => {
    for (let i = 0; i < 10; i += 1) {
      const end = new AbortController();
      const events = await room.client.watchEvents({}, { signal: end.signal });
      const [payment] = await write(1);
      const [event] = await take(events, 1);
      expect(event?.data).toMatchObject({ payment: { id: payment?.id } });
      end.abort();
      expect(await take(events, 1)).toEqual([]);
    }
  });

  test('a refused subscription gets the reason, and a revoked key ends the stream', async () => {
    const keyWith = (scope: 'payments:read' | 'events:read') =>
      room.direct.createKey({ name: scope, scopes: [scope] }, once());
    const signal = new AbortController().signal;
    const poor = await room.connect((await keyWith('payments:read')).secret ?? '');
    await expect(poor.watchEvents({}, { signal })).rejects.toMatchObject({
      code: 'permission_denied',
    });
    await expect(room.client.watchEvents({ after: -1 }, { signal })).rejects.toMatchObject({
      code: 'validation_failed',
      details: { violations: [{ path: ['after'] }] },
    });
    const key = await keyWith('events:read');
    const brief = await room.connect(key.secret ?? '');
    const events = await brief.watchEvents({}, { signal });
    const ended = expect(take(events, 1000)).rejects.toMatchObject({
      code: 'unauthenticated',
      message: 'The API key was revoked.',
    });
    await room.direct.revokeKey({ id: key.id }, once());
    await ended;
  });

  test('the key may be in the header, and an invalid one closes with 4401', async () => {
    const good = await openSocket({ headers: { authorization } });
    good.send({ type: 'connection_init' });
    expect(await good.next()).toEqual({ type: 'connection_ack' });
    good.socket.close();
    for (const payload of [
      undefined,
      { authorization: 'Bearer sk_test_unknown' },
      { authorization: 1 },
    ]) {
      const bad = await openSocket();
      bad.send({ type: 'connection_init', payload });
      expect(await bad.closed).toMatchObject({ code: 4401 });
    }
  });

  test('a document is refused as over HTTP, with a request id', async () => {
    const peer = await openSocket({ headers: { authorization } });
    peer.send({ type: 'connection_init' });
    await peer.next();
    for (const [id, payload, code] of [
      ['1', { query: '{ nonsense }' }, 'validation_failed'],
      ['2', { query: '{' }, 'validation_failed'],
      [
        '3',
        {
          query: '{ customers(first: 100) { nodes { payments(first: 100) { nodes { id } } } } }',
        },
        'query_too_costly',
      ],
    ] as const) {
      peer.send({ id, type: 'subscribe', payload });
      const frame = await peer.next();
      expect(frame).toMatchObject({ id, type: 'error', payload: [{ extensions: { code } }] });
      expect(JSON.stringify(frame)).toMatch(/"requestId":"req_/);
    }
    peer.socket.close();
  });

  test.each([
    ['text that is no JSON', '{', 4400],
    ['a frame of no known type', '{"type":"nonsense"}', 4400],
    [
      'a subscription before the key',
      '{"id":"1","type":"subscribe","payload":{"query":"{ a }"}}',
      4401,
    ],
    ['a frame of more than 64 KiB', 'x'.repeat(70_000), 1009],
  ])('%s closes the connection', async (_what, text, code) => {
    const peer = await openSocket();
    peer.socket.send(text);
    expect(await peer.closed).toMatchObject({ code });
  });

  test('the reads for the events of a subscription take tokens, but the events do not', async () => {
    const customer = await room.direct.createCustomer({ name: 'A' }, once());
    const { secret } = await room.direct.createKey(
      {
        name: 'reads',
        scopes: ['events:read', 'payments:read', 'customers:read'],
        ratePerSecond: 1,
        burst: 4,
      },
      once(),
    );
    const peer = await openSocket({ headers: { authorization: `Bearer ${secret}` } });
    peer.send({ type: 'connection_init' });
    await peer.next();
    const query = 'subscription { events { data { ... on Payment { customer { name } } } } }';
    peer.send({ id: '1', type: 'subscribe', payload: { query } });
    await peer.next();
    const answers: unknown[] = [];
    for (let i = 0; i < 6; i += 1) {
      await room.direct.createPayment({ ...simple, customer: customer.id }, once());
      answers.push((await peer.next()).payload);
    }
    expect(answers[0]).toEqual({ data: { events: { data: { customer: { name: 'A' } } } } });
    expect(answers.at(-1)).toMatchObject({
      data: { events: { data: { customer: null } } },
      errors: [{ extensions: { code: 'rate_limited' } }],
    });
    peer.socket.close();
  });

  test('every response has its request id', async () => {
    const peer = await openSocket({ headers: { authorization } });
    peer.send({ type: 'connection_init' });
    await peer.next();
    const requestId = expect.stringMatching(/^req_/);
    peer.send({ id: '1', type: 'subscribe', payload: { query: '{ __typename }' } });
    expect(await peer.next()).toMatchObject({ payload: { extensions: { requestId } } });
    await peer.next();
    peer.send({ id: '2', type: 'subscribe', payload: { query: 'subscription { events { id } }' } });
    expect(await peer.next()).toMatchObject({ type: 'ping', payload: { requestId } });
    peer.socket.close();
  });

  test('another subprotocol closes with 4406, and a second init with 4429', async () => {
    const other = await openSocket({ protocol: 'graphql-transport-ws' });
    other.send({ type: 'connection_init', payload: { authorization } });
    await other.next();
    other.send({ type: 'connection_init', payload: { authorization } });
    expect(await other.closed).toMatchObject({ code: 4429 });
  });

  test('a reader that pauses gets every event once it reads again', async () => {
    const after = await lastSequence();
    const peer = await openSocket({ headers: { authorization } });
    peer.send({ type: 'connection_init' });
    await peer.next();
    const query = `subscription { events(after: "${after}") { sequence data { ...P } } }
      fragment P on Payment { id metadata }`;
    peer.send({ id: '1', type: 'subscribe', payload: { query } });
    expect(await peer.next()).toMatchObject({ type: 'ping', payload: { subscribed: '1' } });
    peer.socket.pause();
    const metadata = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`k${i}`, 'v'.repeat(500)]),
    );
    for (let i = 0; i < 12; i += 1) {
      await Promise.all(
        Array.from({ length: 100 }, () =>
          room.direct.createPayment({ ...simple, metadata }, once()),
        ),
      );
    }
    peer.socket.resume();
    for (let i = 1; i <= 1200; i += 1) {
      expect(await peer.next()).toMatchObject({
        payload: { data: { events: { sequence: after + i } } },
      });
    }
    peer.socket.close();
  });

  test('concurrent operations above the limit are refused, and the others go on', async () => {
    const peer = await openSocket({ headers: { authorization } });
    peer.send({ type: 'connection_init' });
    await peer.next();
    const query = 'subscription { events { id } }';
    for (let i = 0; i < 33; i += 1)
      peer.send({ id: `${i}`, type: 'subscribe', payload: { query } });
    const frames: Record<string, unknown>[] = [];
    while (frames.length < 33) frames.push(await peer.next());
    expect(frames.filter(({ type }) => type === 'ping')).toHaveLength(32);
    expect(frames.filter(({ type }) => type === 'error')).toMatchObject([
      { payload: [{ extensions: { code: 'rate_limited' } }] },
    ]);
    peer.socket.close();
  });
});

describe('over server-sent events', () => {
  async function openStream(key: string, query: string) {
    const end = new AbortController();
    const reply = await fetch(`${room.target}/graphql?${new URLSearchParams({ query })}`, {
      headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream' },
      signal: end.signal,
    });
    const reader = (reply.body ?? new Blob().stream())
      .pipeThrough(new TextDecoderStream())
      .getReader();
    let text = '';
    return {
      reply,
      end,
      /** Reads until `count` results have come, or the stream has ended. */
      async results(count: number) {
        for (;;) {
          const blocks = text.split('\n\n').slice(0, -1);
          const data = blocks.flatMap(
            (block) => /^event: next\ndata: (.*)$/s.exec(block)?.[1] ?? [],
          );
          const complete = blocks.some((block) => block.startsWith('event: complete'));
          if (data.length >= count || complete) {
            return { results: data.map((json) => JSON.parse(json)), complete };
          }
          const { done, value } = await reader.read();
          if (done) return { results: data.map((json) => JSON.parse(json)), complete };
          text += value;
        }
      },
    };
  }

  test('events arrive as they are committed, from the requested position', async () => {
    const after = await lastSequence();
    const stream = await openStream(
      adminKey,
      `subscription { events(after: "${after}", types: [PAYMENT_CREATED]) { sequence type } }`,
    );
    expect(stream.reply.headers.get('content-type')).toContain('text/event-stream');
    expect(stream.reply.headers.get('x-request-id')).toMatch(/^req_/);
    await write(2);
    const { results } = await stream.results(2);
    expect(results.map(({ data }) => data.events)).toEqual([
      { sequence: after + 1, type: 'PAYMENT_CREATED' },
      { sequence: after + 2, type: 'PAYMENT_CREATED' },
    ]);
    stream.end.abort();
  });

  test('a revoked key ends the stream with its error as the last event', async () => {
    const { id, secret } = await room.direct.createKey(
      { name: 'sse', scopes: ['events:read', 'payments:read', 'customers:read'] },
      once(),
    );
    const stream = await openStream(secret ?? '', 'subscription { events { id } }');
    await room.direct.revokeKey({ id }, once());
    const { results, complete } = await stream.results(2);
    expect(results).toMatchObject([{ errors: [{ extensions: { code: 'unauthenticated' } }] }]);
    expect(complete).toBe(true);
  });

  test('a stream that is refused never begins', async () => {
    const { secret } = await room.direct.createKey(
      { name: 'no events', scopes: ['payments:read'] },
      once(),
    );
    const { status } = await post(
      room.target,
      { query: 'subscription { events { id } }' },
      { key: secret ?? '', accept: 'text/event-stream' },
    );
    expect(status).toBe(403);
  });
});

test('closing the server ends every stream and reports none as complete', async () => {
  const brief = await openGraphqlHouse();
  const events = await brief.client.watchEvents({}, { signal: new AbortController().signal });
  const ended = expect(take(events, 1)).rejects.toThrow(/1012/);
  const reply = await fetch(`${brief.target}/graphql?query=subscription{events{id}}`, {
    headers: { authorization: `Bearer ${adminKey}`, accept: 'text/event-stream' },
  });
  const text = reply.text();
  await brief.room.close();
  await ended;
  // The end is a regular one of HTTP: a client that was promised a complete comes back.
  expect(await text).not.toContain('complete');
  await brief.close();
});
