import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenBrowser, openBrowser } from '../bench/browser.ts';
import { type ConsoleServer, openConsoleServer } from './console-server.ts';

/** The side-by-side page as the server sends it, and in a real browser. */

let server: ConsoleServer;
let opened: OpenBrowser;
beforeAll(async () => {
  [server, opened] = await Promise.all([openConsoleServer(), openBrowser()]);
}, 60_000);
afterAll(async () => {
  await opened?.close();
  await server?.close();
});

describe('GET /compare', () => {
  test('sends the page compressed, with a policy that allows no script', async () => {
    const response = await fetch(`${server.origin}/compare`, {
      headers: { 'accept-encoding': 'gzip' },
    });
    const policy = response.headers.get('content-security-policy') ?? '';
    expect([response.status, response.headers.get('content-encoding')]).toEqual([200, 'gzip']);
    expect(policy).toContain("script-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(await response.text()).toContain('<section id=getPayment');
  });

  test('sends the files that the page quotes, and no others', async () => {
    const page = await (await fetch(`${server.origin}/compare`)).text();
    const links = new Set(
      [...page.matchAll(/href="(\/compare\?source=[^"]+)"/g)].map(([, it]) => it),
    );
    expect(links.size).toBeGreaterThan(20);
    for (const link of links) {
      const response = await fetch(server.origin + link);
      expect([link, response.status]).toEqual([link, 200]);
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      await response.body?.cancel();
    }
    for (const file of ['package.json', '../../../etc/passwd', 'services/main.ts', '']) {
      const response = await fetch(`${server.origin}/compare?source=${encodeURIComponent(file)}`);
      expect([file, response.status]).toEqual([file, 404]);
    }
  });
});

describe('in a browser', () => {
  const sections = 'section:not([hidden])';

  async function open(hash: string, width: number) {
    const page = await opened.browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${server.origin}/compare${hash}`);
    const shown = () =>
      page
        .locator(sections)
        .evaluateAll((all) => all.filter((one) => one.checkVisibility()).map(({ id }) => id));
    const columns = () =>
      page
        .locator('section:target .r:has(pre) .w')
        .evaluateAll((all) =>
          all.filter((one) => one.checkVisibility()).map((one) => one.className),
        );
    return { page, complaints, shown, columns };
  }

  test('an address with an operation shows that one, and one without the first', async () => {
    const first = await open('', 1440);
    expect(await first.shown()).toEqual(['getPayment']);
    const { page, shown, complaints } = await open('#refundPayment', 1440);
    expect(await shown()).toEqual(['refundPayment']);
    await page.getByRole('link', { name: 'watchEvents', exact: true }).click();
    expect(await shown()).toEqual(['watchEvents']);
    expect(page.url()).toMatch(/#watchEvents$/);
    expect([...first.complaints, ...complaints]).toEqual([]);
    await first.page.close();
    await page.close();
  });

  test.each([390, 1024, 1440])('nothing is wider than a screen of %i pixels', async (width) => {
    for (const hash of ['#getPayment', '#watchEvents', '#screen']) {
      const { page } = await open(hash, width);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect([hash, overflow]).toEqual([hash, 0]);
      await page.close();
    }
  });

  test('a phone shows one wire, which the keyboard picks too', async () => {
    const { page, columns } = await open('#getPayment', 390);
    expect(new Set(await columns())).toEqual(new Set(['w rest']));
    await page.locator('label[for=pick-graphql]').click();
    expect(new Set(await columns())).toEqual(new Set(['w graphql']));
    await page.keyboard.press('ArrowLeft');
    expect(new Set(await columns())).toEqual(new Set(['w grpc']));
    await page.locator('label[for=pick-sse]').click();
    expect(await columns()).toEqual([]);
    expect(await page.locator('section:target .a.sse').isVisible()).toBe(true);
    await page.close();
  });

  test('a desk shows every wire that has the operation', async () => {
    const { page, columns } = await open('#getPayment', 1440);
    expect(new Set(await columns())).toEqual(
      new Set(['w rest', 'w grpc', 'w graphql', 'w websocket']),
    );
    await page.close();
  });
});
