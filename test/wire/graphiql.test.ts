import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGraphiql } from '../../services/graphql/plugins/graphiql.ts';
import { type OpenBrowser, openBrowser } from '../bench/browser.ts';
import { adminKey } from '../house.ts';
import { type GraphqlHouse, once, openGraphqlHouse, simple } from './graphql-room.ts';

/** What a person sees who opens `/graphql` in a browser. */

let room: GraphqlHouse;
let browser: OpenBrowser;
beforeAll(async () => {
  [room, browser] = await Promise.all([openGraphqlHouse({ host: 'yoga' }), openBrowser()]);
});
afterAll(() => Promise.all([room?.close(), browser?.close()]));

const browserAccept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const open = (target: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${target}/graphql?query={__typename}`, { headers: { accept: browserAccept, ...headers } });

test('GraphiQL sends a document with the key from its page and loads nothing from other hosts', async () => {
  const { id } = await room.direct.createPayment(simple, once());
  const page = await browser.browser.newPage();
  const strangers: string[] = [];
  const broken: string[] = [];
  page.on('request', (request) => {
    if (!/^(?:blob|data):/.test(request.url()) && !request.url().startsWith(room.target)) {
      strangers.push(request.url());
    }
  });
  page.on('pageerror', ({ message }) => broken.push(message));
  page.on('console', (line) => {
    if (line.text().includes('Content Security Policy')) broken.push(line.text());
  });
  const query = encodeURIComponent(`{ payment(id: "${id}") { amount status } }`);
  await page.goto(`${room.target}/graphql?query=${query}`);
  const result = page.locator('.result-window');
  // By then the page has requested the schema without a key and does not change any more.
  await expect.poll(() => result.textContent(), { timeout: 60_000 }).toContain('unauthenticated');
  const placeholder = page.getByText('YOUR_KEY');
  await expect
    .poll(
      async () => {
        const place = await placeholder.boundingBox({ timeout: 1000 }).catch(() => null);
        if (place) {
          // A double click selects the word, near the end of the text that it stands in.
          await page.mouse.dblclick(place.x + place.width - 20, place.y + place.height / 2);
          await page.keyboard.insertText(adminKey);
        }
        await page.click('.graphiql-execute-button');
        return result.textContent();
      },
      { timeout: 60_000, interval: 500 },
    )
    .toMatch(/amount.*1000[\s\S]*REQUIRES_CONFIRMATION/);
  expect(strangers).toEqual([]);
  expect(broken).toEqual([]);
  await page.close();
});

test('the GraphiQL page runs only its own scripts and allows neither frames nor caches', async () => {
  const { status, headers } = await open(room.target);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/html');
  expect(headers.get('content-security-policy')).toContain("script-src 'sha256-");
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-request-id')).toMatch(/^req_/);
});

test('a request with a key gets data, whatever content types it accepts', async () => {
  const { headers } = await open(room.target, { authorization: `Bearer ${adminKey}` });
  expect(headers.get('content-type')).toContain('application/json');
});

test('GraphiQL is off if introspection is off', async () => {
  const closed = await openGraphqlHouse({ host: 'yoga', introspection: false });
  expect((await open(closed.target)).status).toBe(401);
  await closed.close();
});

test('a client that prefers JSON or refuses gzip gets neither the page nor gzip', async () => {
  for (const headers of [
    { accept: 'application/json, text/html;q=0' },
    { accept: 'application/json, text/html;q=0.1' },
    { 'accept-encoding': 'identity' },
  ]) {
    expect((await open(room.target, headers)).status).toBe(401);
  }
});

test('an address gets ten GraphiQL pages at once and then one per second', async () => {
  const asked = await openGraphqlHouse({ host: 'yoga' });
  const statuses: number[] = [];
  for (let at = 0; at < 25; at += 1) {
    const answer = await open(asked.target);
    await answer.body?.cancel();
    statuses.push(answer.status);
  }
  const pages = statuses.filter((status) => status === 200);
  expect(pages.length).toBeGreaterThanOrEqual(10);
  expect(pages.length).toBeLessThan(25);
  expect(statuses).toContain(401);
  await asked.close();
});

test('a GraphiQL page that cannot be built is reported and is not served', async () => {
  const reported: unknown[] = [];
  const report = (cause: unknown) => reported.push(cause);
  const host = {
    introspection: true,
    readMs: 1000,
    addressOf: () => undefined,
    report,
  };
  const cause = new Error('Cannot find package');
  const { settings } = createGraphiql(host, () => Promise.reject(cause));
  const headers = { accept: browserAccept, 'accept-encoding': 'gzip' };
  const request = new Request(room.target, { headers });
  const req = new IncomingMessage(new Socket());
  expect(await settings.graphiql(request, { req, res: new ServerResponse(req) })).toBe(false);
  expect(reported).toEqual([cause]);
});
