import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { invalid, notFound, PaymentsError } from '../../services/core/errors.ts';
import { routes } from '../../services/rest/routes.ts';
import { problemSchema } from '../../services/rest/schemas.ts';
import { decodeProblem, encodeProblem } from '../../services/wire/problem.ts';
import { hostileJson, hostileText } from './hostile-text.ts';
import { type Asking, ask, openRestServer, type RestServer } from './rest-server.ts';

let server: RestServer;
beforeAll(async () => {
  server = await openRestServer();
});
afterAll(() => server.close());

/** The same requests in each run. */
const seed = 20_261_129;

test('any text can be in an error as a name, a value, a path or metadata', () => {
  const violation = fc.record({
    path: fc.array(fc.oneof(hostileText, fc.nat(9)), { maxLength: 2 }),
    code: fc.constant('invalid'),
    message: hostileText,
  });
  const error = fc.oneof(
    fc.array(violation, { minLength: 1, maxLength: 3 }).map((violations) => invalid(...violations)),
    hostileText.map((id) => notFound('payment', id)),
    hostileText.map((id) => new PaymentsError('invalid_state', id, { metadata: { id } })),
  );
  const property = fc.property(error, hostileText, (given, instance) => {
    const sent = JSON.stringify(encodeProblem(given, { requestId: 'req_1', instance }));
    const problem = JSON.parse(sent);
    return (
      sent.isWellFormed() &&
      /^[\x21-\x7e]*$/.test(problem.instance) &&
      (problem.errors ?? []).every((item: { pointer: string }) =>
        /^#[\x21-\x7e]*$/.test(item.pointer),
      ) &&
      decodeProblem(problem).code === given.code
    );
  });
  // Each takes two texts or more.
  fc.assert(property, { seed, numRuns: 50_000 });
});

/** JSON of an input with fields that operations have, and with others. */
const someJson = fc
  .oneof(
    hostileJson,
    fc.dictionary(
      fc.constantFrom('amount', 'currency', 'payment_method', 'metadata', 'description', 'scopes'),
      hostileJson,
    ),
  )
  .map((value) => JSON.stringify(value));

/** JSON, and JSON that is broken somewhere: cut short, with text in it, with another byte. */
const someBody = fc.oneof(
  someJson,
  fc.tuple(someJson, fc.nat()).map(([json, at]) => json.slice(0, at % (json.length + 1))),
  fc.tuple(someJson, fc.nat(), hostileText).map(([json, nat, text]) => {
    const at = nat % (json.length + 1);
    return json.slice(0, at) + text + json.slice(at);
  }),
  fc.tuple(someJson, fc.nat(), fc.nat(255)).map(([json, at, byte]) => {
    const bytes = Buffer.from(json);
    bytes[at % bytes.length] = byte;
    return bytes;
  }),
);

/** Asks all of it, some at a time; nothing may be a failure of the server. */
async function holdAgainst(requests: readonly (Asking & { readonly url: string })[]) {
  const statuses = new Set<number>();
  const askOne = async ({ url, ...asking }: (typeof requests)[number]) => {
    const { status, json } = await ask(url, asking);
    statuses.add(status);
    const shown = `${url} ${JSON.stringify(asking.headers)} ${String(asking.body)}`;
    expect(status, shown).toBeLessThan(500);
    if (status >= 400) expect(problemSchema.safeParse(json).error, shown).toBeUndefined();
  };
  for (let at = 0; at < requests.length; at += 20) {
    await Promise.all(requests.slice(at, at + 20).map(askOne));
  }
  expect(statuses).toContain(400);
  expect((await ask(`${server.http1}/v1/payments`)).status).toBe(200);
  expect(server.house.records.filter(({ code }) => code === 'internal')).toEqual([]);
}

test('a random body never causes an internal error', async () => {
  const paths = routes.filter(({ method }) => method === 'POST').map(({ path }) => path);
  const request = fc.record({
    url: fc.constantFrom(...paths).map((path) => server.http1 + path.replace('{id}', 'pay_1')),
    body: someBody,
    headers: fc.constantFrom(
      { 'content-type': 'application/json' },
      { 'content-type': 'application/protobuf' },
    ),
  });
  await holdAgainst(fc.sample(request, { seed, numRuns: 1000 }));
});

test('a random URL never causes an internal error', async () => {
  const part = hostileText.map((text) => encodeURIComponent(text.toWellFormed()));
  const parameters = ['ids', 'payments', 'fields', 'expand', 'limit', 'cursor', 'created_from'];
  const request = fc
    .tuple(fc.constantFrom(...routes), part, fc.oneof(fc.constantFrom(...parameters), part), part)
    .map(([{ path }, id, name, value]) => ({
      url: `${server.http1}${path.replace('{id}', () => `${id}x`)}?${name}=${value}`,
      method: 'GET',
    }));
  await holdAgainst(fc.sample(request, { seed, numRuns: 500 }));
});

test('a random header never causes an internal error', async () => {
  const names = [
    ...['accept', 'content-type', 'content-encoding', 'authorization', 'idempotency-key'],
    ...['if-match', 'if-none-match', 'payments-version', 'x-request-id', 'traceparent'],
  ];
  // What a header can carry at all (RFC 9110 §5.5).
  const value = hostileText.map((text) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, ''));
  const request = fc.tuple(fc.constantFrom(...names), value).map(([name, text]) => ({
    url: `${server.http1}/v1/payments`,
    body: '{"amount":1,"currency":"GBP","payment_method":"pm_card_ok"}',
    headers: { 'content-type': 'application/json', [name]: text },
  }));
  await holdAgainst(fc.sample(request, { seed, numRuns: 500 }));
});
