import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { PaymentsError } from '../../services/core/errors.ts';
import type { Event } from '../../services/core/events/event.ts';
import { createRestClient, type RestClient } from '../../services/rest/client.ts';
import { encodeEvent, encodePayment } from '../../services/wire/json.ts';

/** The client of this room against a server of next year. */

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A server that responds to each request with the status and the JSON that `answer` returns. */
async function clientOf(
  answer: (url: URL, request: IncomingMessage) => readonly [status: number, json: unknown],
): Promise<RestClient> {
  const server = createServer((request, response) => {
    const [status, json] = answer(new URL(request.url ?? '', 'http://localhost'), request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  // It listens on TCP.
  const { port } = server.address() as AddressInfo;
  const client = await createRestClient({ target: `http://127.0.0.1:${port}`, pollMs: 1 });
  closers.push(() => client.close());
  return client;
}

const payment = {
  id: 'pay_1',
  amount: 1,
  amountCaptured: 0,
  amountRefunded: 0,
  currency: 'GBP',
  status: 'requires_confirmation',
  captureMethod: 'automatic',
  customer: null,
  paymentMethod: 'pm_card_ok',
  description: null,
  metadata: {},
  failure: null,
  createdAt: 0,
  updatedAt: 0,
  version: 1,
} as const;

const eventAt = (sequence: number): Event => ({
  id: `evt_${sequence}`,
  sequence,
  type: 'payment.created',
  createdAt: 0,
  data: { kind: 'payment', payment },
});

const page = (data: readonly unknown[], next_cursor: string | null = null) =>
  [200, { data, has_more: next_cursor !== null, next_cursor, links: {} }] as const;

test('the REST client passes unknown enum values and unknown fields through', async () => {
  const json = {
    ...encodePayment(payment),
    status: 'on_hold',
    currency: 'XTS',
    capture_method: 'next_week',
    payment_method: 'pm_cash',
    failure: { code: 'card_lost', message: 'It was lost.' },
    a_new_field: 1,
  };
  const client = await clientOf(() => [200, json]);
  expect(await client.getPayment({ id: 'pay_1' })).toEqual({
    ...payment,
    status: 'on_hold',
    currency: 'XTS',
    captureMethod: 'next_week',
    paymentMethod: 'pm_cash',
    failure: { code: 'card_lost', message: 'It was lost.' },
  });
});

test('the REST client passes an unknown code through with its message', async () => {
  const client = await clientOf(() => [
    409,
    {
      type: '/docs/errors/frozen',
      code: 'frozen',
      detail: 'The account is frozen.',
      metadata: { frozen_since: '2027' },
      retry_after_ms: 5,
      errors: [{ pointer: '#/new_field', code: 'new_code', detail: 'expected more' }],
    },
  ]);
  const error = await client.getPayment({ id: 'pay_1' }).catch((thrown: unknown) => thrown);
  if (!(error instanceof PaymentsError)) throw error;
  expect([error.code, error.message]).toEqual(['frozen', 'The account is frozen.']);
  expect(error.details).toMatchObject({
    retryAfterMs: 5,
    metadata: { frozenSince: '2027' },
    violations: [{ path: ['newField'], code: 'new_code', message: 'expected more' }],
  });
});

test('the REST client goes on past events of unknown types and resources', async () => {
  const unknown = { type: 'dispute.opened', data: { dispute: { id: 'dp_1' } } };
  const events = [
    encodeEvent(eventAt(1)),
    { ...encodeEvent(eventAt(2)), ...unknown },
    encodeEvent(eventAt(3)),
  ];
  const client = await clientOf(() => page(events));
  const end = new AbortController();
  const seen: Event[] = [];
  for await (const event of await client.watchEvents({ after: 0 }, { signal: end.signal })) {
    seen.push(event);
    if (seen.length === 3) end.abort();
  }
  expect(seen.map(({ type }) => type)).toEqual([
    'payment.created',
    'dispute.opened',
    'payment.created',
  ]);
  expect(seen[1]?.data).toEqual({ kind: 'dispute', dispute: { id: 'dp_1' } });
});

test('the REST client continues past empty pages', async () => {
  const asked: string[] = [];
  const events = [eventAt(4000), eventAt(9000)].map(encodeEvent);
  let added = false;
  const client = await clientOf(({ searchParams }) => {
    const from = searchParams.get('cursor') ?? `after ${searchParams.get('after')}`;
    asked.push(from);
    switch (from) {
      case 'after 0':
        return page([], 'second');
      case 'second':
        return page(events.slice(0, 1), 'third');
      case 'third':
        return page([], 'fourth');
      default:
        return page(added ? events.slice(1) : []);
    }
  });
  const end = new AbortController();
  const seen: number[] = [];
  setImmediate(function add() {
    // Later than a read that found nothing.
    added = asked.length > 5;
    if (!added) setImmediate(add);
  });
  for await (const event of await client.watchEvents({ after: 0 }, { signal: end.signal })) {
    seen.push(event.sequence);
    if (seen.length === 2) end.abort();
  }
  expect(seen).toEqual([4000, 9000]);
  expect(asked.slice(0, 4)).toEqual(['after 0', 'second', 'third', 'fourth']);
  // What was looked through already is not looked through again.
  expect(new Set(asked.slice(4))).toEqual(new Set(['fourth']));
});

test('the REST client finds the newest event behind empty pages', async () => {
  const newest = 37;
  const starts: number[] = [];
  const client = await clientOf(({ searchParams }) => {
    const after = Number(searchParams.get('after'));
    // Behind its cursor is what the watch reads.
    if (searchParams.get('limit') !== '1') {
      starts.push(after);
      return page(after < 40 ? [encodeEvent(eventAt(40))] : []);
    }
    if (after >= newest) return page([]);
    // Only the newest is one that this key may see, and pages are short.
    return after < newest - 3 ? page([], 'more') : page([encodeEvent(eventAt(newest))]);
  });
  const end = new AbortController();
  for await (const event of await client.watchEvents({}, { signal: end.signal })) {
    expect(event.sequence).toBe(40);
    end.abort();
  }
  expect(starts[0]).toBe(newest);
});
