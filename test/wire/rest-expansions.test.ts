import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../services/core/merchants/merchant.ts';
import type { CallName } from '../../services/core/operations.ts';
import { routes } from '../../services/rest/routes.ts';
import { expandedCustomerSchema, expandedPaymentSchema } from '../../services/rest/schemas.ts';
import { kindsOf } from '../../services/wire/http/query.ts';
import { adminKey, stillLimits } from '../house.ts';
import { ask, openRestServer, type RestServer } from './rest-server.ts';

let server: RestServer;
let base: string;
let customer: string;
let payment: string;
let refund: string;
/** A payment without a customer and without refunds. */
let bare: string;

const card = { amount: 3000, currency: 'GBP', payment_method: 'pm_card_ok', confirm: true };
const refundsMade = 25;

beforeAll(async () => {
  server = await openRestServer(stillLimits());
  base = server.http1;
  const made = async (path: string, json: object): Promise<string> =>
    (await ask(base + path, { json })).json.id;
  customer = await made('/v1/customers', { name: 'Ada' });
  bare = await made('/v1/payments', card);
  payment = await made('/v1/payments', { ...card, customer });
  for (let at = 0; at < refundsMade; at += 1) {
    refund = await made(`/v1/payments/${payment}/refunds`, { amount: 100 + at });
  }
});
afterAll(() => server.close());

async function keyWith(scopes: readonly Scope[], burst = 100): Promise<string> {
  const json = { name: 'k', scopes, rate_per_second: 1, burst };
  return (await ask(`${base}/v1/keys`, { json })).json.secret;
}

interface PageOfRefunds {
  readonly data: readonly { readonly amount: number }[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
  readonly links: Readonly<Record<string, string>>;
}

test('refunds expanded in a payment are a page whose next link continues where it ends', async () => {
  const ofPayment = (await ask(`${base}/v1/payments/${payment}?expand=refunds`)).json;
  expandedPaymentSchema.parse(ofPayment);
  const ofCustomer = (await ask(`${base}/v1/customers/${customer}?expand=payments.refunds`)).json;
  expandedCustomerSchema.parse(ofCustomer);
  const [ofList] = (await ask(`${base}/v1/payments?customer=${customer}&expand=refunds`)).json.data;
  const [ofBatch] = (await ask(`${base}/v1/payments?ids=${payment}&expand=refunds`)).json.data;
  const [batch] = (await ask(`${base}/v1/refunds?payments=${payment}`)).json.data;
  const pages: PageOfRefunds[] = [
    ofPayment.refunds,
    ofCustomer.payments.data[0].refunds,
    ofList.refunds,
    ofBatch.refunds,
    { ...batch, links: ofPayment.refunds.links },
  ];
  for (const { data, has_more, next_cursor, links } of pages) {
    expect([data.length, has_more]).toEqual([20, true]);
    expect(links.next).toBe(`/v1/payments/${payment}/refunds?cursor=${next_cursor}`);
    const rest: PageOfRefunds = (await ask(base + links.next)).json;
    expect(rest.has_more).toBe(false);
    const amounts = [...data, ...rest.data].map(({ amount }) => amount);
    expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(ofPayment.amount_refunded);
    const first: PageOfRefunds = (await ask(base + links.first)).json;
    expect(first.data).toEqual(data);
  }
  const none = (await ask(`${base}/v1/payments/${bare}?expand=refunds`)).json.refunds;
  expect([none.data, none.has_more, none.next_cursor]).toEqual([[], false, null]);
  expect(none.links.next).toBeUndefined();
});

/** Every read with the most expansions that it can have. */
const expanded = (): readonly (readonly [string, readonly Scope[], tokens: number])[] => {
  const both = ['payments:read', 'customers:read'] as const;
  return [
    [`/v1/payments/${payment}?expand=customer,refunds`, both, 3],
    [`/v1/payments/${bare}?expand=customer,refunds`, both, 3],
    ['/v1/payments?expand=customer,refunds', both, 3],
    [`/v1/payments?ids=${payment},${bare}&expand=customer,refunds`, both, 3],
    ['/v1/refunds?expand=payment.customer', both, 3],
    [`/v1/refunds/${refund}?expand=payment.customer`, both, 3],
    [`/v1/payments/${payment}/refunds?expand=payment.customer`, both, 3],
    [`/v1/customers/${customer}?expand=payments.refunds`, both, 3],
    [`/v1/payments/${payment}/refunds`, ['payments:read'], 1],
    [`/v1/payments/${bare}/refunds`, ['payments:read'], 1],
  ];
};

test('a request with expansions is admitted once, so that it passes even with the smallest bucket', async () => {
  for (const [path, scopes] of expanded()) {
    const key = await keyWith(scopes, 1);
    const first = await ask(base + path, { key });
    expect([path, first.status, first.headers.get('ratelimit')]).toEqual([
      path,
      200,
      '"key";r=0;t=1',
    ]);
    const second = await ask(base + path, { key });
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1']);
  }
});

test('a request with expansions takes a token for each read, even if nothing is found', async () => {
  for (const [path, scopes, tokens] of expanded()) {
    const { headers } = await ask(base + path, { key: await keyWith(scopes) });
    expect([path, headers.get('ratelimit')]).toEqual([path, `"key";r=${100 - tokens};t=${tokens}`]);
  }
});

test('refunds expanded in many payments take tokens by their number', async () => {
  const { core } = server.house;
  let calls = 0;
  const caller = () => ({
    credential: adminKey,
    requestId: 'req_1',
    idempotencyKey: `many-${calls++}`,
  });
  const own = await core.invoke('createCustomer', caller(), { name: 'Many' });
  const input = { amount: 3000, currency: 'GBP', paymentMethod: 'pm_card_ok', confirm: true };
  const ids: string[] = [];
  for (let at = 0; at < 45; at += 1) {
    const made = await core.invoke('createPayment', caller(), { ...input, customer: own.id });
    ids.push(made.id);
    const refunds = Array.from({ length: 20 }, () =>
      core.invoke('refundPayment', caller(), { payment: made.id, amount: 1 }),
    );
    await Promise.all(refunds);
  }
  const key = await keyWith(['payments:read']);
  const left = async (path: string) =>
    (await ask(base + path, { key })).headers.get('ratelimit')?.replace(/;t=.*/, '');
  // Some 400 of them are a token.
  expect(await left(`/v1/payments?customer=${own.id}&limit=100&expand=refunds`)).toBe('"key";r=96');
  expect(await left(`/v1/refunds?payments=${ids}`)).toBe('"key";r=93');
  expect(await left(`/v1/refunds?payments=${ids[0]}`)).toBe('"key";r=92');
});

test('the scope of an expansion is checked before anything is read', async () => {
  const cases: readonly [string, readonly Scope[]][] = [
    [`/v1/payments/${payment}?expand=customer`, ['payments:read']],
    [`/v1/payments/${bare}?expand=customer`, ['payments:read']],
    ['/v1/payments/nope?expand=customer', ['payments:read']],
    ['/v1/payments?status=failed&expand=customer', ['payments:read']],
    [`/v1/payments?ids=${bare}&expand=customer,refunds`, ['payments:read']],
    ['/v1/refunds?expand=payment.customer', ['payments:read']],
    [`/v1/refunds/${refund}?expand=payment.customer`, ['payments:read']],
    [`/v1/customers/${customer}?expand=payments`, ['customers:read']],
  ];
  for (const [path, scopes] of cases) {
    const key = await keyWith(scopes);
    // The key itself is looked up once.
    await ask(`${base}/nowhere`, { key });
    const before = server.house.store.queryCount;
    const { status, json } = await ask(base + path, { key });
    expect([path, status, json.code]).toEqual([path, 403, 'permission_denied']);
    expect(server.house.store.queryCount).toBe(before);
  }
});

describe("an empty list in a URL is refused by its parameter's name", () => {
  const listsOf = (operation: CallName): string[] =>
    [...kindsOf(operation)].flatMap(([name, kind]) => (kind === 'list' ? [name] : []));
  const taken = routes
    .filter(({ method }) => method === 'GET')
    .flatMap(({ path, operation, expand, fields }) =>
      [...listsOf(operation), ...(expand ? ['expand'] : []), ...(fields ? ['fields'] : [])].map(
        (name) => [path.replace('{id}', 'pay_1'), name] as const,
      ),
    );

  test.each(taken)('at %s?%s=', async (path, name) => {
    for (const value of ['', ',', '%2C']) {
      const { status, json } = await ask(`${base}${path}?${name}=${value}`);
      expect([status, json.code]).toEqual([400, 'validation_failed']);
      for (const { pointer } of json.errors) {
        expect(pointer.split('/')[1]).toBe(name);
      }
    }
  });

  test('on at least one route', () => {
    const names = new Set(taken.map(([, name]) => name));
    expect(names).toEqual(new Set(['ids', 'payments', 'types', 'expand', 'fields']));
  });
});
