import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { questions } from '../../bench/questions/index.ts';
import { committedResult } from '../../bench/report/committed-result.ts';
import { pictureTable } from '../../bench/report/html/picture-table.ts';
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

/** A run that is in the repository: as large as those that people make. */
const committed = renderHtml(committedResult().result);
const largestPageBytes = 700_000;

/** Of each picture that is seen: its marks, and how many of them have a place of some size. */
const marksInSight = `[...document.querySelectorAll('.picture')].map((picture) => {
  const marks = [...picture.querySelectorAll('.mark')].filter((mark) => mark.checkVisibility());
  const sizes = marks.map((mark) => mark.getBoundingClientRect());
  return [marks.length, sizes.filter(({ width, height }) => width + height > 1).length];
})`;

/** Of each chart that is seen: how much it is enlarged, and texts that meet or are cut off. */
const chartsInSight = `[...document.querySelectorAll('.chart svg')]
  .filter((svg) => svg.checkVisibility())
  .map((svg) => {
    const frame = svg.closest('.picture').getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].map((text) => {
      return { text: text.textContent, box: text.getBoundingClientRect() };
    });
    const cut = texts.filter(
      ({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1,
    );
    const meeting = texts.filter(({ box: a }, at) =>
      texts.slice(0, at).some(
        ({ box: b }) =>
          Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2,
      ),
    );
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return { scale, unreadable: [...cut, ...meeting].map(({ text }) => text) };
  })`;

interface ChartInSight {
  readonly scale: number;
  readonly unreadable: readonly string[];
}

describe('the page', () => {
  test.each([
    ['of the sample', html],
    ['of a committed run', committed],
  ])('%s is one file under 700 kB that asks for nothing from anywhere', async (_of, page) => {
    expect(Buffer.byteLength(page)).toBeLessThan(largestPageBytes);
    const { url, asked, close } = await pages.visit({ html: page });
    await close();
    expect(asked.filter((one) => !one.startsWith('data:'))).toEqual([url]);
  });

  test.each([
    { width: 1280, scheme: 'light' },
    { width: 1280, scheme: 'dark' },
    { width: 390, scheme: 'light' },
    { width: 1280, scripts: false },
    { width: 390, scripts: false },
  ] as const)('is drawn without a word on the console: %o', async (how) => {
    const { page, said, close } = await pages.visit(how);
    const pictures: [number, number][] = await page.evaluate(marksInSight);
    await close();
    expect(said).toEqual([]);
    expect(pictures.length).toBe(html.match(/<figure/g)?.length);
    for (const [marks, sized] of pictures) {
      expect(marks).toBeGreaterThan(0);
      expect(sized).toBe(marks);
    }
  });

  test.each([390, 768, 1280])('has charts whose texts are read at a width of %i', async (width) => {
    for (const page of [html, committed]) {
      const charts: ChartInSight[] = await pages.on((one) => one.evaluate(chartsInSight), {
        width,
        html: page,
      });
      expect(charts.length).toBeGreaterThan(10);
      expect(charts.flatMap(({ unreadable }) => unreadable)).toEqual([]);
      const scales = charts.map(({ scale }) => scale);
      expect(Math.min(...scales)).toBeGreaterThan(0.85);
      expect(Math.max(...scales)).toBeLessThan(1.3);
    }
  });

  test('reads without scripts: answers, pictures with words, tables in disclosures', async () => {
    const { page, close } = await pages.visit({ scripts: false });
    const dead = await page.locator('button:visible').count();
    const tips = await page.locator('.wide .mark > title').allTextContents();
    const marks = await page.locator('.wide .mark').count();
    await page.locator('#q1 .source > summary').click();
    const rows = await page.locator('#q1 .source tbody tr').count();
    await close();
    expect(dead).toBe(0);
    expect(tips.length).toBe(marks);
    expect(tips).not.toContain('');
    expect(rows).toBeGreaterThan(3);
  });

  test('gives every picture a name, a description and a table', async () => {
    const pictures: [string, string, number][] = await pages.on((page) =>
      page.evaluate(`[...document.querySelectorAll('.picture')].flatMap((picture) => {
        const textOf = (id) => document.getElementById(id ?? '')?.textContent.trim() ?? '';
        return [...picture.querySelectorAll('svg[aria-labelledby]')].map((svg) => [
          textOf(svg.getAttribute('aria-labelledby')),
          textOf(svg.getAttribute('aria-describedby')),
          picture.closest('.card').querySelectorAll('tbody tr').length,
        ]);
      })`),
    );
    expect(pictures.length).toBe(2 * (html.match(/<figure/g)?.length ?? 0));
    for (const [name, description, rows] of pictures) {
      expect(name).not.toBe('');
      expect(description.length).toBeGreaterThan(name.length);
      expect(rows).toBeGreaterThan(0);
    }
  });

  test.each([
    ['sample', html, 375],
    ['sample', html, 390],
    ['committed run', committed, 390],
    ['committed run', committed, 768],
  ])('of the %s has no sideways scroll', async (_of, page, width) => {
    const measured = await pages.on((one) => one.evaluate('document.documentElement.scrollWidth'), {
      width,
      html: page,
    });
    expect(measured).toBe(width);
  });

  test('opens with the headline, the board, what to choose and the answers, and goes down by one level of heading at a time', async () => {
    const heads: string[] = await pages.on((page) =>
      page.evaluate(
        `[...document.querySelectorAll('h1, h2, h3, h4')].map((head) => head.tagName + ' ' + head.textContent)`,
      ),
    );
    expect(heads.slice(0, 4)).toEqual([
      'H1 REST, gRPC or GraphQL?',
      'H2 The board',
      'H2 When to choose which',
      'H2 Answers',
    ]);
    const levels = heads.map((head) => Number(head[1]));
    expect(levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1)).toEqual([]);
  });

  test('shows the command with the flags that changed the measurement, and no key or path', () => {
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
      cells: htmlSample.cells.map((cell) => ({
        ...cell,
        // A name that no scenario has, in charts and tables.
        contender: cell.contender === 'rest-expand' ? evil : cell.contender,
        invalid: cell.invalid.map(() => evil),
      })),
    };
    const { page, said, close } = await pages.visit({ html: renderHtml(result) });
    const images = await page.locator('img').count();
    const names = await page.locator('#map-distance-screen-screen .legend li').allTextContents();
    await close();
    expect(images).toBe(0);
    expect(said).toEqual([]);
    expect(names).toContain(evil);
  });

  test.each([true, false])('keeps the whole result as a download, scripts: %s', async (scripts) => {
    const cells = htmlSample.cells.filter(({ scenario }) => scenario === 'create');
    const small: Result = { ...htmlSample, cells };
    const kept = await pages.on(
      async (page) => {
        const coming = page.waitForEvent('download');
        await page.locator('.download').click();
        const download = await coming;
        expect(download.suggestedFilename()).toBe('fivewire-bench-2026-11-21.json.gz');
        return gunzipSync(readFileSync(await download.path())).toString();
      },
      { html: renderHtml(small), scripts },
    );
    expect(JSON.parse(kept)).toEqual(small);
  });

  test('stays under 700 kB with a result that does not, and says what it has left out', async () => {
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
    expect(Buffer.byteLength(large)).toBeLessThan(largestPageBytes);
    const note = (page: Page) => page.locator('#data').textContent();
    const text = await pages.on(note, { html: large });
    expect(text).toContain('result.json');
    expect(text).toContain('fivewire-bench-2026-11-21-without-histograms.json.gz');
  });

  test('is the same in whatever order the cells were measured', () => {
    const shown = (page: string) => page.slice(0, page.indexOf('id="data"'));
    const other = renderHtml({ ...htmlSample, cells: htmlSample.cells.toReversed() });
    expect(shown(other) === shown(html)).toBe(true);
  });

  test('is written of a run in which no call of a step was answered in time', () => {
    const idleAtMost = (most: number): Result => ({
      ...htmlSample,
      cells: htmlSample.cells.map((cell) => ({
        ...cell,
        samples: cell.samples.map((sample) => ({
          ...sample,
          closed: sample.closed.map((loop) =>
            loop.inFlight <= most ? { ...loop, perSecond: 0 } : loop,
          ),
        })),
      })),
    });
    for (const most of [1, 16, 1000]) expect(renderHtml(idleAtMost(most))).toContain('</html>');
  });

  test('names only code that exists, and the command with its seed', () => {
    const lines = html.split('\n').filter((line) => line.startsWith('<p>Code measured'));
    const paths = lines.flatMap((line) => [...line.matchAll(/<code>([^<]+)<\/code>/g)]);
    expect(paths.length).toBeGreaterThan(10);
    const missing = paths
      .map(([, path = '']) => path)
      .filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
    expect(html).toContain('npm run bench -- --only point-read,create --wires rest,grpc --seed 7');
  });
});

describe('a reader', () => {
  test('reaches a disclosure by Tab and opens it by Enter: numbers, code, command', async () => {
    const { open, rows, command } = await pages.on(async (page) => {
      const reached = 'document.activeElement.matches("#q1 .source > summary")';
      for (let at = 0; at < 80 && !(await page.evaluate(reached)); at += 1) {
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Enter');
      await page.waitForSelector('#q1 .source table');
      const rows: string[][] = await page.evaluate(
        `[...document.querySelector('#q1 .source tbody').rows].map((row) => [...row.cells].map((cell) => cell.textContent))`,
      );
      return {
        open: await page.evaluate('document.querySelector("#q1 .source").open'),
        rows,
        command: await page.locator('#q1 .command').textContent(),
      };
    });
    expect(open).toBe(true);
    expect(command).toContain('npm run bench -- --only');
    const picture = questions.find(({ number }) => number === 1)?.judge(htmlSample).picture;
    expect(rows).toEqual(picture && pictureTable(picture).rows);
  });

  test('finds the reason of each hollow mark in the numbers', async () => {
    const rows = await pages.on((page) =>
      page.locator('#curve-point-read-read tbody tr').allTextContents(),
    );
    const above = rows.filter((row) => row.includes('110 %'));
    expect(above.length).toBeGreaterThan(3);
    for (const row of above) {
      expect(row).toContain('INVALID: 4 of 4 processes: achieved 0.93 of the rate');
    }
    const disturbed = rows.filter((row) => row.includes('100 %'));
    for (const row of disturbed) {
      expect(row).toContain('valid, without 1 of 4 processes: sent late');
    }
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
    expect(first).toMatch(
      /^read: [\d.]+× \([\d.]+–[\d.]+\), gRPC over REST; two copies of a server differ by/,
    );
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
