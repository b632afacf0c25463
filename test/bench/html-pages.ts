import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { openBrowser } from './browser.ts';

export interface Visit {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  /** Whether scripts run. Defaults to true. */
  readonly scripts?: boolean;
  /** Another page than the first. */
  readonly html?: string;
  /** Whether folded sections are opened. Defaults to true. */
  readonly unfolded?: boolean;
}

/** A page in a real browser, to be visited again and again. */
export async function openPages(html: string) {
  const folder = mkdtempSync(join(tmpdir(), 'fivewire-html-'));
  const chromium = await openBrowser();

  /** Opens the page, and keeps everything that it says or asks for meanwhile. */
  async function visit(how: Visit = {}) {
    const { width = 1280, scheme = 'light', scripts = true, unfolded = true } = how;
    const path = join(folder, 'latest.html');
    const whole = how.html ?? html;
    writeFileSync(path, unfolded ? whole.replaceAll('class="fold"', 'class="fold" open') : whole);
    const url = pathToFileURL(path).href;
    const context = await chromium.browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: scheme,
      javaScriptEnabled: scripts,
    });
    const page = await context.newPage();
    const said: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => said.push(String(error)));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url);
    return { url, page, said, asked, close: () => context.close() };
  }

  return {
    visit,
    async on<Told>(work: (page: Page) => Promise<Told>, how?: Visit): Promise<Told> {
      const { page, close } = await visit(how);
      try {
        return await work(page);
      } finally {
        await close();
      }
    },
    async close() {
      await chromium.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Pages = Awaited<ReturnType<typeof openPages>>;
