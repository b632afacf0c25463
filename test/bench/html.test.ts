import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderHtml } from '../../bench/report/html/render.ts';
import { commandOf } from '../../bench/report/html/source-code.ts';
import type { Result } from '../../bench/result/result.ts';
import { openPages, type Pages } from './html-pages.ts';
import { htmlSample } from './html-sample.ts';

const root = resolve(import.meta.dirname, '../..');
const html = renderHtml(htmlSample);
let pages: Pages;

beforeAll(async () => {
  pages = await openPages(html);
}, 120_000);

afterAll(() => pages?.close());

describe('the page', () => {
  test('is one file under 2 MB that asks for nothing from anywhere', async () => {
    expect(Buffer.byteLength(html)).toBeLessThan(2_000_000);
    const { url, asked, close } = await pages.visit();
    await close();
    expect(asked.filter((one) => !one.startsWith('data:'))).toEqual([url]);
  });

  test.each([
    { width: 1280, scheme: 'light' },
    { width: 1280, scheme: 'dark' },
    { width: 375, scheme: 'light' },
  ] as const)('is drawn without a word on the console: $width, $scheme', async (how) => {
    const { page, said, close } = await pages.visit(how);
    const charts = await page.evaluate(
      `[...document.querySelectorAll('.chart')].map((chart) => chart.querySelectorAll('svg [data-tip]').length)`,
    );
    await close();
    expect(said).toEqual([]);
    expect(charts).not.toContain(0);
  });

  test('has no sideways scroll on a phone', async () => {
    const width = await pages.on((page) => page.evaluate('document.documentElement.scrollWidth'), {
      width: 375,
    });
    expect(width).toBe(375);
  });

  test('opens with the answers, and goes down by one level of heading at a time', async () => {
    const heads: string[] = await pages.on((page) =>
      page.evaluate(
        `[...document.querySelectorAll('h1, h2, h3, h4')].map((head) => head.tagName + ' ' + head.textContent)`,
      ),
    );
    expect(heads.find((head) => head.startsWith('H2') && !/Validity|Noise/.test(head))).toBe(
      'H2 Answers',
    );
    const levels = heads.map((head) => Number(head[1]));
    expect(levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1)).toEqual([]);
  });

  test('tells the command with what changed the measurement, and no key or path', () => {
    const flags = '--rate 500 --wires=grpc,sse --out /tmp/x --target-key secret --tls --json';
    const result: Result = {
      ...htmlSample,
      options: {
        ...htmlSample.options,
        flags: [...flags.split(' '), '--target', "sse=http://h/?a='b'"],
      },
    };
    expect(commandOf(result, ['screen'])).toBe(
      "npm run bench -- --only screen --rate 500 --wires grpc,sse --tls --target 'sse=http://h/?a='\\''b'\\''' --seed 7",
    );
  });

  test('lets no text of a result become markup', async () => {
    const evil = '</script><img src=x onerror=alert(1)>';
    const result: Result = {
      ...htmlSample,
      environment: { ...htmlSample.environment, cpuModel: evil },
      cells: htmlSample.cells.map((cell) => ({ ...cell, invalid: cell.invalid.map(() => evil) })),
    };
    const images = await pages.on((page) => page.locator('img').count(), {
      html: renderHtml(result),
    });
    expect(images).toBe(0);
  });

  test('keeps the whole result, to be downloaded from the page itself', async () => {
    const text = await pages.on(async (page) => {
      await page.locator('.source summary').first().click();
      const coming = page.waitForEvent('download');
      await page.locator('.source[open] .download').first().click();
      return readFileSync(await (await coming).path(), 'utf8');
    });
    expect(JSON.parse(text)).toEqual(htmlSample);
  });

  test('stays under 2 MB with a result that does not, and says what it has left out', async () => {
    let state = 1;
    // Not to be compressed: as histograms are.
    const noise = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state.toString(36);
    };
    const swollen: Result = JSON.parse(JSON.stringify(htmlSample), (name, value) =>
      name === 'service' ? Array.from({ length: 500 }, noise).join('') : value,
    );
    const large = renderHtml(swollen);
    expect(Buffer.byteLength(large)).toBeLessThan(2_000_000);
    const note = (page: Page) => page.locator('#q1 .source p').first().textContent();
    expect(await pages.on(note, { html: large })).toContain('without its histograms');
    expect(await pages.on(note)).not.toContain('without its histograms');
  });

  test('is the same in whatever order the cells were measured', () => {
    const shown = (page: string) => page.slice(0, page.indexOf('id="result"'));
    const other = renderHtml({ ...htmlSample, cells: htmlSample.cells.toReversed() });
    expect(shown(other) === shown(html)).toBe(true);
  });

  test('names only code that exists, and the command with its seed', () => {
    const lines = html.split('\n').filter((line) => line.startsWith('<p>Code measured'));
    const paths = lines.flatMap((line) => [...line.matchAll(/<code>([^<]+)<\/code>/g)]);
    expect(paths.length).toBeGreaterThan(10);
    const missing = paths
      .map(([, path = '']) => path)
      .filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
    expect(html).toContain('npm run bench -- --only point-read,create --seed 7');
  });
});

describe('whoever reads it', () => {
  test('reaches a disclosure by Tab and opens it by Enter: raw numbers, code, command', async () => {
    const { open, rows, command } = await pages.on(async (page) => {
      const reached = 'document.activeElement.matches("#q1 .source > summary")';
      for (let at = 0; at < 80 && !(await page.evaluate(reached)); at += 1) {
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Enter');
      await page.waitForSelector('#q1 .raw table');
      const rows: string[][] = await page.evaluate(`{
        const tables = [...document.querySelectorAll('#q1 .raw table')];
        const name = 'point-read: Open loops, each process';
        const found = tables.find((table) => table.caption.textContent === name);
        [...found.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent));
      }`);
      return {
        open: await page.evaluate('document.querySelector("#q1 .source").open'),
        rows,
        command: await page.locator('#q1 .command').textContent(),
      };
    });
    expect(open).toBe(true);
    expect(command).toContain('npm run bench -- --only');
    const loops = htmlSample.cells
      .filter(({ scenario }) => scenario === 'point-read')
      .flatMap(({ samples }) => samples.flatMap((sample) => sample.open));
    expect(rows.length).toBe(loops.length);
    expect(rows.filter((row) => row.at(-1)?.startsWith('INVALID')).length).toBe(
      loops.filter(({ invalid }) => invalid.length > 0).length,
    );
  });

  test('goes from mark to mark by the arrow keys', async () => {
    const texts = await pages.on(async (page) => {
      await page.locator('.chart[data-drawing="answer-1-0"]').focus();
      const texts: (string | null)[] = [];
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft']) {
        await page.keyboard.press(key);
        texts.push(await page.locator('#tip').textContent());
      }
      return texts;
    });
    const [first, second, third] = texts;
    expect(first).toMatch(/^read, CPU at equal rate: [\d.]+× \[[\d.]+, [\d.]+\]; noise floor/);
    expect(second).not.toBe(first);
    expect(third).toBe(first);
  });

  test('has light or dark as the system has it, and the other by a button', async () => {
    const ground = 'getComputedStyle(document.documentElement).backgroundColor';
    const grounds = await pages.on(async (page) => {
      const light = await page.evaluate(ground);
      await page.emulateMedia({ colorScheme: 'dark' });
      const dark = await page.evaluate(ground);
      await page.locator('.theme').click();
      return [light, dark, await page.evaluate(ground)];
    });
    expect(grounds[0]).not.toBe(grounds[1]);
    expect(grounds[2]).toBe(grounds[0]);
  });
});
