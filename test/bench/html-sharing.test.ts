import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { questions } from '../../bench/questions/index.ts';
import { sentenceOf } from '../../bench/questions/question.ts';
import { renderHtml } from '../../bench/report/html/render.ts';
import { operations } from '../../services/core/operations.ts';
import { openPages, type Pages } from './html-pages.ts';
import { htmlSample } from './html-sample.ts';

/** One answer on the page, and how it is passed on. */

let pages: Pages;

beforeAll(async () => {
  pages = await openPages(renderHtml(htmlSample));
}, 120_000);

afterAll(() => pages?.close());

const answered = questions.flatMap((question) => {
  const verdict = question.judge(htmlSample);
  return verdict.answer === 'not measured' ? [] : [{ question, verdict }];
});

const plain = (text: string) => text.replaceAll('`', '');

describe('an answer', () => {
  test('is the question, one whole sentence, one picture, and the command to run it again', async () => {
    const { page, close } = await pages.visit({ scripts: false });
    for (const { question, verdict } of answered) {
      const card = page.locator(`#q${question.number}`);
      expect(await card.locator('h3').textContent()).toBe(question.asks);
      expect(await card.locator('.verdict').textContent()).toBe(plain(sentenceOf(verdict)));
      expect(await card.locator('.picture').count()).toBe(1);
      expect(await card.locator('.command').textContent()).toContain('npm run bench -- --only ');
    }
    await close();
    expect(answered.length).toBeGreaterThan(7);
  });

  test('links to operations that the side-by-side page has', async () => {
    const links: string[] = await pages.on((page) =>
      page.evaluate(
        `[...document.querySelectorAll('.answer .behind a')].map((link) => link.getAttribute('href'))`,
      ),
    );
    const known = [...Object.keys(operations), 'screen'].map((name) => `compare.html#${name}`);
    expect(links.length).toBeGreaterThan(answered.length - 1);
    expect(links.filter((link) => !known.includes(link))).toEqual([]);
  });

  test('has a unit in the text of every mark', async () => {
    const tips: string[] = await pages.on(
      (page) => page.locator('.wide .mark > title').allTextContents(),
      { scripts: false },
    );
    expect(tips.length).toBeGreaterThan(100);
    const unit = /\d ?(×|µs|ms|bytes|B|kB|queries|connections|calls\/s|\/s|%)/;
    expect(tips.filter((tip) => !tip.startsWith('Best: ') && !unit.test(tip))).toEqual([]);
  });

  test('is lifted from the others where a link leads to it, without scripts', async () => {
    const { page, url, close } = await pages.visit({ scripts: false });
    const shadowOf = (id: string): Promise<string> =>
      page.evaluate(`getComputedStyle(document.querySelector('${id}')).boxShadow`);
    await page.locator('#q2 .share a').click();
    const shadows = [await shadowOf('#q1'), await shadowOf('#q2')];
    const at = page.url();
    await close();
    expect(at).toBe(`${url}#q2`);
    expect(shadows[0]).toBe('none');
    expect(shadows[1]).not.toBe('none');
  });

  test('is offered as a copy by scripts alone, and a table not as an image', async () => {
    const { page, close } = await pages.visit({ scripts: false });
    const dead = await page.locator('.share button:visible').count();
    await close();
    const offered = await pages.on((one) => one.locator('.share .as-image:visible').count());
    const drawn = answered.filter(({ verdict }) => verdict.picture?.kind !== 'matrix');
    expect([dead, offered]).toEqual([0, drawn.length]);
  });
});

describe('a copy', () => {
  test('as Markdown has the sentence, every table, the command and who measured it', async () => {
    const text: string = await pages.on(async (page) => {
      await page.evaluate(
        'globalThis.kept = []; navigator.clipboard.writeText = async (text) => { kept.push(text); }',
      );
      await page.locator('#q1 .as-markdown').click();
      await page.getByText('Copied').waitFor();
      return page.evaluate('kept.join()');
    });
    const first = answered.find(({ question }) => question.number === 1);
    expect(text).toContain(first && sentenceOf(first.verdict));
    expect(text).toMatch(/\| read \| [\d.]+× \| [\d.]+× \| [\d.]+× \| [\d.]+× \|/);
    expect(text).toContain('| read, capacity |');
    expect(text).toContain(
      '`npm run bench -- --only point-read,create --wires rest,grpc --seed 7`',
    );
    expect(text).toMatch(/2026-11-21 · Sample Processor, 2 cores · Node v26\.10\.0/);
  });

  test.each(['light', 'dark'] as const)(
    'as an image goes to the clipboard, drawn in the colours of the %s page',
    async (scheme) => {
      const found: { types: string[]; ground: number[]; card: string; colours: number } =
        await pages.on(
          async (page) => {
            await page.evaluate(
              `navigator.clipboard.write = async ([item]) => {
                globalThis.blob = await item.getType('image/png');
                globalThis.types = item.types;
              }`,
            );
            await page.locator('#q1 .as-image').click();
            await page.getByText('Copied').waitFor();
            return page.evaluate(`(async () => {
              const image = await createImageBitmap(blob);
              const canvas = new OffscreenCanvas(image.width, image.height);
              const pen = canvas.getContext('2d');
              pen.drawImage(image, 0, 0);
              const { data } = pen.getImageData(0, 0, image.width, image.height);
              const seen = new Map();
              for (let at = 0; at < data.length; at += 4) {
                const colour = data[at] + ', ' + data[at + 1] + ', ' + data[at + 2];
                seen.set(colour, (seen.get(colour) ?? 0) + 1);
              }
              const probe = document.createElement('i');
              document.body.append(probe);
              probe.style.color = 'var(--grpc)';
              const grpc = getComputedStyle(probe).color.slice(4, -1);
              return {
                types,
                ground: [...data.slice(0, 3)],
                card: getComputedStyle(document.querySelector('.card')).backgroundColor,
                colours: seen.get(grpc) ?? 0,
              };
            })()`);
          },
          { scheme },
        );
      expect(found.types).toEqual(['image/png']);
      expect(`rgb(${found.ground.join(', ')})`).toBe(found.card);
      // The marks of gRPC.
      expect(found.colours).toBeGreaterThan(100);
    },
  );

  test('as an image is a download where the clipboard takes none', async () => {
    const { name, size } = await pages.on(async (page) => {
      await page.evaluate('navigator.clipboard.write = () => Promise.reject(new Error("no"))');
      const coming = page.waitForEvent('download');
      await page.locator('#q4 .as-image').click();
      const download = await coming;
      return { name: download.suggestedFilename(), size: readFileSync(await download.path()) };
    });
    expect(name).toBe('fivewire-q4.png');
    expect(size.subarray(1, 4).toString()).toBe('PNG');
    expect(size.length).toBeGreaterThan(5000);
  });
});
