import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenBrowser, openBrowser } from '../bench/browser.ts';
import { type ConsoleServer, openConsoleServer } from './console-server.ts';

/** The pages for people, in a real browser. */

let server: ConsoleServer;
let browser: OpenBrowser;
beforeAll(async () => {
  [server, browser] = await Promise.all([openConsoleServer(), openBrowser()]);
});
afterAll(() => Promise.all([server?.close(), browser?.close()]));

interface Looking {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
}

/** Opens a page, and passes what it complained about and what it asked other hosts for. */
async function look(
  path: string,
  work: (page: Page) => Promise<void>,
  { width = 1280, scheme = 'light' }: Looking = {},
): Promise<readonly string[]> {
  const context = await browser.browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', ({ message }) => said.push(message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(server.origin) && !url.startsWith('data:')) said.push(`asked for ${url}`);
  });
  await page.goto(server.origin + path);
  await work(page);
  await context.close();
  return said;
}

/** Something that a page shows when it is complete. */
const shown: readonly (readonly [path: string, selector: string])[] = [
  ['/', 'text=GraphQL'],
  ['/docs/api', '#viewer .opblock'],
  ['/docs/errors', 'text=rate_limited'],
  ['/docs/errors/rate_limited', 'text=RESOURCE_EXHAUSTED'],
  ['/compare', 'text=One operation, five wires'],
  ['/report', 'body'],
];

/** The colour behind a page: that of the root, or of the body if the root has none. */
const groundColour = `[document.documentElement, document.body]
  .map((element) => getComputedStyle(element).backgroundColor)
  .find((colour) => colour !== 'rgba(0, 0, 0, 0)')`;

describe.each(shown)('the page %s', (path, selector) => {
  test.each<Looking>([
    { width: 1280, scheme: 'light' },
    { width: 1280, scheme: 'dark' },
    { width: 390, scheme: 'light' },
  ])('fits, is silent and asks no other host for anything: %o', async (how) => {
    let widest = 0;
    const said = await look(
      path,
      async (page) => {
        await page.locator(selector).first().waitFor();
        widest = await page.evaluate('document.documentElement.scrollWidth');
      },
      how,
    );
    expect(said).toEqual([]);
    expect(widest).toBe(how.width);
  });

  test('follows the colours of the system', async () => {
    const groundIn = async (scheme: 'light' | 'dark') => {
      let ground = '';
      await look(
        path,
        async (page) => {
          await page.locator(selector).first().waitFor();
          ground = await page.evaluate(groundColour);
        },
        { scheme },
      );
      return ground.match(/\d+/g)?.map(Number) ?? [];
    };
    expect(Math.min(...(await groundIn('light')))).toBeGreaterThan(200);
    expect(Math.max(...(await groundIn('dark')))).toBeLessThan(60);
  });
});

test('a button copies each call as it is shown', async () => {
  const said = await look('/', async (page) => {
    const names = ['REST', 'gRPC', 'GraphQL', 'SSE', 'WebSocket'];
    for (const name of names) {
      const button = page.getByRole('button', { name: `Copy the ${name} call` });
      const call = await page.locator(`.${name.toLowerCase()} pre code`).textContent();
      await button.click();
      await expect.poll(() => button.textContent()).toBe('Copied');
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(call);
    }
  });
  expect(said).toEqual([]);
});

test('calls name the server as the browser found it', async () => {
  const { port } = new URL(server.origin);
  const context = await browser.browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://localhost:${port}/`);
  const calls = (await page.locator('.call code').allTextContents()).join('\n');
  expect(calls).toContain(`ws://localhost:${port}/ws`);
  expect(calls).toContain(`//localhost:${server.ports.grpc}/payments.v1`);
  expect(calls).not.toContain('127.0.0.1');
  await context.close();
});

test('the OpenAPI page reads and writes with the demo key as soon as it is open', async () => {
  const said = await look('/docs/api', async (page) => {
    const listing = page.locator('#operations-payments-listPayments');
    await listing.locator('.opblock-summary').click();
    await listing.getByRole('button', { name: 'Execute' }).click();
    const response = listing.locator('.live-responses-table');
    await response.getByText('"has_more"').first().waitFor();
    expect(await response.locator('.response-col_status').last().textContent()).toContain('200');

    const creating = page.locator('#operations-customers-createCustomer');
    await creating.locator('.opblock-summary').click();
    await creating.getByPlaceholder('Idempotency-Key').fill('from-the-viewer');
    await creating.locator('textarea.body-param__text').fill('{"name": "Grace"}');
    await creating.getByRole('button', { name: 'Execute' }).click();
    const created = creating.locator('.live-responses-table');
    await created.getByText('Grace').first().waitFor();
    expect(await created.locator('.response-col_status').last().textContent()).toContain('201');
  });
  expect(said).toEqual([]);
});
