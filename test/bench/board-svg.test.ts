import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boardOf } from '../../bench/report/board.ts';
import { renderBoardSvg } from '../../bench/report/board-svg.ts';
import { type Result, readResult } from '../../bench/result/result.ts';
import { openPages, type Pages } from './html-pages.ts';
import { htmlSample } from './html-sample.ts';

const root = resolve(import.meta.dirname, '../..');
const committed = readResult(join(root, 'test/bench/fixtures/2026-11-26-two-cores.json'));
let pages: Pages;

beforeAll(async () => {
  pages = await openPages('');
}, 120_000);

afterAll(() => pages?.close());

/** Texts that meet another or leave the picture, and the smallest size of letters. */
const unreadable = `(() => {
  const texts = [...document.querySelectorAll('svg text')].map((text) => {
    return { text: text.textContent, box: text.getBoundingClientRect() };
  });
  const frame = document.querySelector('svg').getBoundingClientRect();
  const bad = texts.filter(({ box: a }, at) =>
    a.left < frame.left + 8 || a.right > frame.right - 8 ||
    texts.slice(0, at).some(({ box: b }) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > -2 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4));
  const sizes = [...document.querySelectorAll('svg text')].map((text) => Number(text.getAttribute('font-size')));
  return { bad: bad.map(({ text }) => text), least: Math.min(...sizes), width: frame.width };
})()`;

describe.each(['light', 'dark'] as const)('the picture of the board in the %s', (scheme) => {
  test.each([
    ['a committed run', committed],
    ['the sample', htmlSample],
  ])('is read at the width of a README: %s', async (_of, result) => {
    const svg = renderBoardSvg(result, scheme);
    const found = await pages.on((page) => page.evaluate(unreadable), {
      html: `<!doctype html><body style="margin: 0">${svg}`,
    });
    expect(found).toEqual({ bad: [], least: 11, width: 830 });
  });

  test('has the number of every cell, asks for nothing, and leaves no colour unnamed', () => {
    const svg = renderBoardSvg(committed, scheme);
    const texts = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text);
    const figures = boardOf(committed).rows.flatMap(({ cells }) =>
      cells.map((cell) => (cell.kind === 'figure' ? cell.text : '–')),
    );
    expect(texts.filter((text) => figures.includes(text ?? ''))).toEqual(figures);
    expect(svg).not.toMatch(/href|url\(|<script|<style|"(INK|SOFT|CARD|LINE|WIRE-)/);
  });
});

test('the pictures of the board differ by scheme, and have no markup of a result', () => {
  expect(renderBoardSvg(committed, 'dark')).not.toBe(renderBoardSvg(committed, 'light'));
  const evil: Result = {
    ...committed,
    environment: { ...committed.environment, cpuModel: '</svg><script>alert(1)</script>' },
  };
  expect(renderBoardSvg(evil, 'light')).not.toContain('<script');
});
