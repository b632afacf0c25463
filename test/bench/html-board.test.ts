import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boardOf } from '../../bench/report/board.ts';
import { barOf, fullWidthOf } from '../../bench/report/board-bars.ts';
import { choicesOf } from '../../bench/report/choose.ts';
import { headlineOf } from '../../bench/report/headline.ts';
import { renderHtml } from '../../bench/report/html/render.ts';
import { type Result, readResult } from '../../bench/result/result.ts';
import { openPages, type Pages } from './html-pages.ts';

/** The first screen of the HTML report: headline, board, what to choose. */

const root = resolve(import.meta.dirname, '../..');
const committed = readResult(join(root, 'test/bench/fixtures/2026-11-26-two-cores.json'));
const board = boardOf(committed);
const html = renderHtml(committed);
let pages: Pages;

beforeAll(async () => {
  pages = await openPages(html);
}, 120_000);

afterAll(() => pages?.close());

/** The result with a cell that lost all of its figures. */
const withLost = (scenario: string, contender: string, reason: string): Result => ({
  ...committed,
  cells: committed.cells.map((cell) =>
    cell.scenario === scenario && cell.contender === contender
      ? { ...cell, invalid: [reason] }
      : cell,
  ),
});

const textsOf = (selector: string) =>
  `[...document.querySelectorAll('${selector}')].map((one) => one.textContent)`;

describe('the board', () => {
  test('stands above the fold of a laptop, below its headline and the facts of the run', async () => {
    const found = await pages.on(
      (page) =>
        page.evaluate(`['h1', '.headline', '.facts', '.wide-board', '.board-numbers > summary'].map(
          (selector) => document.querySelector(selector).getBoundingClientRect().bottom)`),
      { width: 1440, unfolded: false },
    );
    const bottoms = found as number[];
    expect(bottoms.toSorted((a, b) => a - b)).toEqual(bottoms);
    expect(bottoms.at(-1)).toBeLessThan(700);
    const facts = await pages.on((page) => page.evaluate(textsOf('.facts')));
    expect(facts).toEqual([
      expect.stringMatching(
        /^AMD EPYC, 2 cores, Node 26\.10\.0 · 2026-11-26 23:39 UTC · revision 1d318c4d · 4 min 46 s · 48 of 48 cells valid · noise: CPU ±4 %, /,
      ),
    ]);
    const sentences = await pages.on((page) => page.evaluate(textsOf('.headline li')));
    expect(sentences).toEqual(headlineOf(committed).sentences);
    const rate = await pages.on((page) => page.evaluate(textsOf('.equal-rate')));
    expect(rate).toEqual([
      expect.stringMatching(/^Equal rate 3,000 reads\/s \(server busy: REST /),
    ]);
  });

  test('has a number in each cell that applies, and bars as long as the numbers', async () => {
    const found = (await pages.on(
      (page) =>
        page.evaluate(`[...document.querySelectorAll('.wide-board tbody tr')].map((row) =>
          [...row.querySelectorAll('td')].map((cell) => [
            cell.querySelector('.value').firstChild.textContent.replace(', best', ''),
            cell.querySelector('rect')?.getBoundingClientRect().width ?? 0,
          ]))`),
      { width: 1440 },
    )) as [string, number][][];
    expect(found.map((row) => row.map(([text]) => text))).toEqual(
      board.rows.map(({ cells }) =>
        cells.map((cell) => (cell.kind === 'figure' ? cell.text : '–')),
      ),
    );
    board.columns.forEach((column, at) => {
      const pairs = board.rows.flatMap(({ cells }, row) => {
        const cell = cells[at];
        const width = found[row]?.[at]?.[1] ?? 0;
        return cell?.kind === 'figure' ? [{ value: cell.figure.value, width }] : [];
      });
      const widest = Math.max(...pairs.map(({ width }) => width));
      const uncut = pairs.filter(({ width }) => width < widest);
      const scales = uncut.map(({ value, width }) => width / value);
      expect(Math.max(...scales) / Math.min(...scales), column.label).toBeLessThan(1.03);
    });
  });

  test('says which direction is better, and of what a column is', async () => {
    const heads = (await pages.on((page) =>
      page.evaluate(textsOf('.wide-board .head')),
    )) as string[];
    expect(heads).toHaveLength(board.columns.length);
    board.columns.forEach(({ label, scope, better }, at) => {
      expect(heads[at]).toContain(`${label} ${scope}`);
      expect(heads[at]?.trim()).toContain(`${better} is better`);
    });
  });

  test('gives the reason of a figure that is missing, in a word and in full', async () => {
    const lost = renderHtml(withLost('create', 'grpc', 'sent late by 3 ms'));
    const { cells, notes } = await pages.on(
      async (page) => ({
        cells: await page.locator('.wide-board td[title^="gRPC, creates/s"]').allTextContents(),
        notes: await page.locator('#board > .notes').textContent(),
      }),
      { html: lost, scripts: false },
    );
    expect(cells).toEqual(['invalid']);
    expect(notes).toBe('gRPC, creates/s: sent late by 3 ms.');
  });

  test('says the figure, its unit, its range and what it is at once where a pointer is', async () => {
    const tip = await pages.on(async (page) => {
      await page.locator('.wide-board tbody td').first().hover();
      return page.locator('#tip').textContent();
    });
    expect(tip).toBe(
      'REST, reads/s: 17,700, range 15,500–19,300. Reads of one payment a second, at capacity. Best, or within the noise of the best.',
    );
  });

  test('is a small table for each column on a phone, without wires that it does not apply to', async () => {
    const found = await pages.on(
      (page) =>
        page.evaluate(`[document.querySelector('.wide-board').checkVisibility(),
          ...[...document.querySelectorAll('.multiples table')]
            .filter((table) => table.checkVisibility()).map((table) => table.rows.length)]`),
      { width: 390 },
    );
    expect(found).toEqual([false, 4, 4, 4, 4, 4, 3, 5]);
    const onDesk = await pages.on((page) => page.locator('.board table:visible').count(), {
      width: 1440,
    });
    expect(onDesk).toBe(1);
  });

  test('cuts a bar that would leave none to the others, and no other', () => {
    const cellsOf = (values: readonly number[]) =>
      values.map((value) => ({
        kind: 'figure' as const,
        figure: { value, low: value * 0.9, high: value * 1.1 },
        text: String(value),
        range: undefined,
        isBest: false,
      }));
    const cutOf = (values: readonly number[]) => {
      const cells = cellsOf(values);
      return cells.map((cell) => barOf(cell, fullWidthOf(cells))?.isCut);
    };
    expect(cutOf([1.8, 2.2, 112])).toEqual([false, false, true]);
    expect(cutOf([30, 112, 60])).toEqual([false, false, false]);
    expect(cutOf([5])).toEqual([false]);
  });
});

describe('what to choose', () => {
  test('is a table whose rows link to the answers that they rest on', async () => {
    const rows = choicesOf(committed);
    expect(rows.length).toBeGreaterThan(4);
    const cases = await pages.on((page) => page.evaluate(textsOf('.choose-case')));
    expect(cases).toEqual(['If you …', ...rows.map((row) => row.if)]);
    const linked = (await pages.on((page) =>
      page.evaluate(`[...document.querySelectorAll('.choose tbody tr')].map((row) =>
        [...row.querySelectorAll('a')].every((link) => document.querySelector(link.hash + ' h3')) && row.querySelectorAll('a').length)`),
    )) as (number | false)[];
    expect(linked.every((count) => count !== false && count > 0)).toBe(true);
  });
});

describe('the page around them', () => {
  test('has no empty head of a column, and no faded number', async () => {
    const found = await pages.on((page) =>
      page.evaluate(`[
        [...document.querySelectorAll('th')].filter((head) => head.textContent.trim() === '').length,
        [...document.querySelectorAll('td, td *, th, th *')]
          .filter((one) => getComputedStyle(one).opacity !== '1').length]`),
    );
    expect(found).toEqual([0, 0]);
  });

  test('has no link that leads nowhere', async () => {
    const dead = await pages.on((page) =>
      page.evaluate(`[...document.querySelectorAll('a[href^="#"]')]
        .map((link) => link.hash.slice(1)).filter((id) => !document.getElementById(id))`),
    );
    expect(dead).toEqual([]);
  });

  test('folds up the rest, and opens what a link leads to', async () => {
    const { closed, isOpen } = await pages.on(
      async (page) => {
        const closed = await page.locator('.fold:not([open])').count();
        await page.locator('.facts a').click();
        await page.waitForSelector('#trust[open]', { timeout: 5000 });
        return { closed, isOpen: await page.evaluate('document.querySelector("#trust").open') };
      },
      { unfolded: false },
    );
    expect(closed).toBeGreaterThan(6);
    expect(isOpen).toBe(true);
  });

  test('is printed without half-empty pages, and without what is folded up', async () => {
    const { pdf, height, texts } = await pages.on(
      async (page) => {
        const pdf = await page.pdf({
          format: 'A4',
          printBackground: true,
          preferCSSPageSize: true,
        });
        await page.emulateMedia({ media: 'print' });
        const height = await page.evaluate('document.documentElement.scrollHeight');
        const texts = await page.locator('.fold:visible, nav:visible, button:visible').count();
        return { pdf, height: Number(height), texts };
      },
      { width: 703, unfolded: false },
    );
    const printed = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    // A4 less margins of 12 mm: 703 by 1031 pixels.
    expect(printed).toBeGreaterThan(1);
    expect(printed).toBeLessThanOrEqual(Math.ceil((height / 1031) * 1.15));
    expect(texts).toBe(0);
  });

  test('has a title, a description and a picture for who shows links', async () => {
    const found = await pages.on((page) =>
      page.evaluate(`Object.fromEntries([...document.querySelectorAll('meta[property^="og:"]')]
        .map((meta) => [meta.getAttribute('property'), meta.content]))`),
    );
    expect(found).toMatchObject({
      'og:title': 'REST, gRPC or GraphQL? Measured on 2026-11-26',
      'og:description': expect.stringContaining(headlineOf(committed).sentences.join(' ')),
      'og:image': 'board.svg',
    });
  });

  test('ends with whose bench it is, and the command', async () => {
    const text = await pages.on((page) => page.locator('footer').textContent());
    expect(text).toContain('fivewire: One payments core');
    expect(text).toContain('npm run bench -- --seed 1');
  });
});
