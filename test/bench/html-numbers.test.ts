import { decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { questions } from '../../bench/questions/index.ts';
import { renderHtml } from '../../bench/report/html/render.ts';
import type { Cell, Sample } from '../../bench/result/result.ts';
import { labelOf } from '../../bench/scenarios/labels.ts';
import { openPages, type Pages } from './html-pages.ts';
import { htmlSample } from './html-sample.ts';

/** The page's numbers, each computed here once more, from the JSON alone. */

/** One mark of a picture: the numbers that it stands for, and where it stands. */
interface Mark {
  readonly chart: string;
  readonly series: string;
  readonly part?: string;
  readonly x: string;
  readonly y?: string;
  readonly valid?: string;
  readonly low?: string;
  readonly high?: string;
  readonly floor?: string;
  readonly at: readonly [x: number, y: number] | null;
}

const readMarks = (page: Page): Promise<Mark[]> =>
  page.evaluate(`[...document.querySelectorAll('.chart [data-series]')].map((mark) => {
    const at = /translate\\(([-\\d.]+),([-\\d.]+)\\)/.exec(mark.getAttribute('transform') ?? '');
    const circle = mark.localName === 'circle' && ['cx', 'cy'].map((name) => mark.getAttribute(name));
    return {
      ...(mark.hasAttribute('data-y') && { valid: 'true' }),
      ...mark.dataset,
      chart: mark.closest('.chart').dataset.drawing,
      at: circle ? circle.map(Number) : at && [Number(at[1]), Number(at[2])],
    };
  })`);

let pages: Pages;
let marks: readonly Mark[] = [];

beforeAll(async () => {
  pages = await openPages(renderHtml(htmlSample));
  marks = await pages.on(readMarks);
}, 120_000);

afterAll(() => pages?.close());

const marksOf = (chart: string) => marks.filter((mark) => mark.chart === chart);

/** Its label as the pictures have it, without the marks of Markdown. */
const plainLabel = (cell: Cell) => labelOf(cell).replaceAll('`', '');
const middle = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2;
};
const cellsOf = (scenario: string, kinds: readonly Cell['kind'][] = ['room']) =>
  htmlSample.cells.filter(
    (cell) => cell.scenario === scenario && kinds.includes(cell.kind) && cell.invalid.length === 0,
  );
const mergedOf = (texts: readonly string[]): Histogram => {
  const [first, ...others] = texts.map((text) => decodeFromCompressedBase64(text, 32));
  if (!first) throw new Error('Expected a histogram, got none.');
  for (const other of others) first.add(other);
  return first;
};

/** Series and numbers of marks, in an order of their own; numbers exactly as they are. */
const sortedTexts = (
  found: readonly { series: string; x: unknown; y?: unknown; valid?: unknown }[],
) => found.map(({ series, x, y, valid }) => [series, x, y ?? '', valid ?? ''].join(' | ')).sort();

test("the JSON's numbers are in the pictures of the answers", () => {
  for (const { number, judge } of questions) {
    const { picture } = judge(htmlSample);
    // A table has no marks.
    if (!picture || picture.kind === 'matrix') continue;
    const found = marksOf(`answer-${number}-0`);
    expect(found.length, `marks of question ${number}`).toBeGreaterThan(0);
    const plain = (label: string) => label.replaceAll('`', '');
    if (picture.kind === 'ratios') {
      expect(
        found.map(({ series, x, low, high, floor }) => [series, x, low, high, floor].join(' ')),
      ).toEqual(
        picture.items.map(({ label, ratio, low = '', high = '', floor = '' }) =>
          [plain(label), ratio, low, high, floor].join(' '),
        ),
      );
    }
    if (picture.kind === 'bars') {
      const items = picture.items.map(({ label, value }) => ({ series: plain(label), x: value }));
      expect(sortedTexts(found)).toEqual(sortedTexts(items));
    }
    if (picture.kind === 'stack') {
      const items = picture.items.flatMap(({ label, parts }) =>
        parts.map((part) => `${plain(label)} ${part.label} ${part.value}`),
      );
      expect(found.map(({ series, part, x }) => `${series} ${part} ${x}`)).toEqual(items);
    }
    if (picture.kind === 'waterfall') {
      const items = [picture.start, ...picture.steps, picture.end].flatMap((step) => step ?? []);
      expect(found.map(({ series, x }) => `${series} ${x}`)).toEqual(
        items.map(({ label, value }) => `${plain(label)} ${value}`),
      );
    }
    if (picture.kind === 'lines') {
      const items = picture.series.flatMap(({ label, points }) =>
        points.map((point) => ({ series: plain(label), ...point })),
      );
      expect(sortedTexts(found)).toEqual(sortedTexts(items));
    }
  }
});

test('every axis of ratios says by name who is better to its left and to its right', async () => {
  for (const { number, judge } of questions) {
    const { picture } = judge(htmlSample);
    if (picture?.kind !== 'ratios') continue;
    const { contender, baseline, better } = picture;
    const names = better === 'less' ? [contender, baseline] : [baseline, contender];
    const ends: string[][] = await pages.on((page) =>
      page.evaluate(`['.wide', '.narrow'].map((width) => {
        const drawn = document.querySelector('#q${number} ' + width + ' svg');
        return [...drawn.querySelectorAll('text')]
          .filter((text) => text.textContent.endsWith(' better'))
          .sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left)
          .map((text) => text.textContent);
      })`),
    );
    const expected = names.map((name) => `${name} better`);
    expect(ends, `question ${number}`).toEqual([expected, expected]);
  }
});

test("the JSON's numbers are in the curves of latency against load; hollow is what is INVALID", () => {
  const shares = [0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.1];
  [0.5, 0.99].forEach((quantile, panel) => {
    const expected = cellsOf('point-read').flatMap((cell) =>
      shares.map((share) => {
        const loops = cell.samples.flatMap(({ open }) =>
          open.filter((loop) => loop.share === share),
        );
        // The valid processes' latency; that of all where none is valid.
        const valid = loops.filter(({ invalid }) => invalid.length === 0);
        const micros = mergedOf(
          (share > 1 ? loops : valid).map(({ response }) => response),
        ).getValueAtPercentile(quantile * 100);
        return {
          series: plainLabel(cell),
          x: middle(loops.map(({ perSecond }) => perSecond)),
          y: micros / 1000,
          valid: share <= 1,
        };
      }),
    );
    expect(sortedTexts(marksOf(`curve-point-read-read-${panel}`))).toEqual(sortedTexts(expected));
  });
});

test('no line goes through a point that is INVALID', async () => {
  const chart = 'curve-point-read-read-0';
  const lines: string[] = await pages.on((page) =>
    page.evaluate(`[...document.querySelectorAll('[data-drawing="${chart}"] .wide path')]
      .filter((path) => path.closest('[stroke-width="2"]') && !path.closest('.mark'))
      .map((path) => path.getAttribute('d'))`),
  );
  const found = Map.groupBy(marksOf(chart), ({ series }) => series);
  const valid = [...found.values()].map(
    (all) => all.filter(({ valid }) => valid === 'true').length,
  );
  expect(lines.map((d) => d.split(/[ML]/).length - 1)).toEqual(valid);
  expect(Math.max(...valid)).toBeLessThan(found.values().next().value?.length ?? 0);
});

test.each(['point-read-read', 'create-create'])(
  "the JSON's numbers are in the percentiles of %s",
  (name) => {
    const [scenario = ''] = [name.slice(0, name.lastIndexOf('-'))];
    const found = marksOf(`percentiles-${name}-0`);
    expect(found.length).toBeGreaterThan(15);
    const merged = new Map(
      cellsOf(scenario).map((cell) => [
        plainLabel(cell),
        mergedOf(
          cell.samples.flatMap(({ open }) =>
            open.filter(({ share }) => share === null).map(({ response }) => response),
          ),
        ),
      ]),
    );
    for (const { series, x, y } of found) {
      const histogram = merged.get(series);
      const percentile = (1 - 1 / Number(x)) * 100;
      expect(Number(y)).toBe((histogram?.getValueAtPercentile(percentile) ?? 0) / 1000);
      // At least ten samples lie beyond every one that is drawn.
      expect((histogram?.totalCount ?? 0) / Number(x)).toBeGreaterThan(9.999);
    }
  },
);

const perCall = (loop: { serverCpuMicros: number | null; completed: number } | undefined) =>
  (loop?.serverCpuMicros ?? Number.NaN) / (loop?.completed ?? Number.NaN);

test("the JSON's numbers are in the map of sizes", () => {
  const base = cellsOf('payload').find(({ contender }) => contender === 'rest');
  const workloads = base?.samples[0]?.wire ?? [];
  const expected = cellsOf('payload').flatMap((cell) =>
    workloads.map(({ workload, receivedBytesPerCall }) => ({
      series: plainLabel(cell),
      x: receivedBytesPerCall,
      y: middle(
        cell.samples.map(({ closed }) =>
          perCall(closed.find((loop) => loop.workload === workload)),
        ),
      ),
      valid: true,
    })),
  );
  expect(sortedTexts(marksOf('map-size-0'))).toEqual(sortedTexts(expected));
});

test('the strip of a map names the best at each place', async () => {
  const runs: [string, string][] = await pages.on((page) =>
    page.evaluate(
      `[...document.querySelectorAll('[data-drawing="map-size-0"] [data-best]')].map((run) => [run.dataset.best, run.dataset.xs])`,
    ),
  );
  const shown = runs.flatMap(([best, xs]) => xs.split(' ').map((x) => [Number(x), best] as const));
  const places = marksOf('map-size-0');
  const xs = [...new Set(places.map(({ x }) => Number(x)))].sort((a, b) => a - b);
  const expected = xs.map((x) => {
    const here = places.filter((mark) => Number(mark.x) === x);
    const least = Math.min(...here.map(({ y }) => Number(y)));
    return [x, here.find(({ y }) => Number(y) === least)?.series] as const;
  });
  expect(shown).toEqual(expected);
  expect(new Set(shown.map(([, best]) => best)).size).toBeGreaterThan(1);
});

test("the JSON's numbers are in the maps of concurrency and distance", () => {
  const concurrency = cellsOf('point-read').flatMap((cell) =>
    [1, 4, 16, 64, 256].map((inFlight) => ({
      series: plainLabel(cell),
      x: inFlight,
      y: middle(
        cell.samples.flatMap(({ closed }) =>
          closed.filter((loop) => loop.inFlight === inFlight).map(({ perSecond }) => perSecond),
        ),
      ),
      valid: true,
    })),
  );
  expect(sortedTexts(marksOf('map-concurrency-point-read-0'))).toEqual(sortedTexts(concurrency));
  const distance = cellsOf('screen').flatMap((cell) =>
    [0, 1, 10, 50, 150].map((rttMs) => ({
      series: plainLabel(cell),
      x: rttMs,
      y:
        middle(
          cell.samples.flatMap(({ closed }) =>
            closed
              .filter((loop) => loop.rttMs === rttMs)
              .map(({ latency }) => mergedOf([latency ?? '']).mean),
          ),
        ) / 1000,
      valid: true,
    })),
  );
  expect(sortedTexts(marksOf('map-distance-screen-screen-0'))).toEqual(sortedTexts(distance));
});

test("the JSON's numbers are in the bars of attribution, whose steps lead from one total to the other", () => {
  const cpu = (cell: Cell) =>
    middle(cell.samples.map(({ open }) => perCall(open.find((loop) => loop.workload === 'read'))));
  const expected = cellsOf('attribution', ['room', 'control']).map((cell) => ({
    series: plainLabel(cell),
    x: cpu(cell),
  }));
  expect(sortedTexts(marksOf('attribution-read-2'))).toEqual(sortedTexts(expected));
  const [grpc, rest] = ['grpc', 'rest-json-h1'].map((name) =>
    cellsOf('attribution').find(({ contender }) => contender === name),
  );
  const micros = (sample: Sample | undefined) =>
    perCall(sample?.open.find((loop) => loop.workload === 'read'));
  const differences = grpc?.samples.map(
    (sample, round) => micros(sample) - micros(rest?.samples[round]),
  );
  const mean = (differences ?? []).reduce((sum, one) => sum + one, 0) / (differences?.length ?? 0);
  for (const chart of ['attribution-read-0', 'attribution-read-1']) {
    const [from, ...steps] = marksOf(chart);
    const to = steps.pop();
    expect([from?.series, to?.series]).toEqual(['REST', 'gRPC']);
    expect(steps.length).toBeGreaterThan(2);
    expect(steps.reduce((sum, { x }) => sum + Number(x), 0)).toBeCloseTo(mean, 6);
    expect(Number(to?.x) - Number(from?.x)).toBeCloseTo(mean, 6);
  }
});

test('the steps of each wire begin at 0 and add up to the CPU of its read', () => {
  const charts = [...new Set(marks.map(({ chart }) => chart))].filter((chart) =>
    chart.startsWith('attribution-wires-'),
  );
  expect(charts.length).toBeGreaterThan(1);
  for (const chart of charts) {
    const steps = marksOf(chart).map(({ x }) => Number(x));
    const whole = steps.pop();
    expect(steps.reduce((sum, x) => sum + x, 0)).toBeCloseTo(whole ?? Number.NaN, 6);
  }
});

test("the JSON's numbers are in the matrix of costs", async () => {
  const rows: [string, number[]][] = await pages.on((page) =>
    page.evaluate(
      `[...document.querySelectorAll('tr[data-cell]')].map((row) => [row.dataset.cell, [...row.querySelectorAll('[data-value]')].map((cell) => Number(cell.dataset.value))])`,
    ),
  );
  const shown = new Map(rows);
  for (const cell of cellsOf('point-read')) {
    const loops = cell.samples.flatMap(
      ({ open }) => open.find(({ share }) => share === null) ?? [],
    );
    const [wire] = cell.samples[0]?.wire ?? [];
    const response = mergedOf(loops.map((loop) => loop.response));
    expect(shown.get(`point-read ${cell.contender} read`)).toEqual([
      middle(loops.map(perCall)),
      wire?.sentBytesPerCall,
      wire?.receivedBytesPerCall,
      wire?.queriesPerCall,
      response.getValueAtPercentile(50) / 1000,
      response.getValueAtPercentile(99) / 1000,
    ]);
  }
  const invalid = htmlSample.cells.filter((cell) => cell.invalid.length > 0);
  expect(invalid).not.toEqual([]);
  for (const { scenario, contender } of invalid) {
    expect([...shown.keys()].filter((key) => key.startsWith(`${scenario} ${contender} `))).toEqual(
      [],
    );
  }
});

const onAxis = {
  log: Math.log,
  symlog: Math.log1p,
  linear: (value: number) => value,
};

/** How far from a straight line, in pixels, places are from their numbers. */
function offLine(points: readonly (readonly [value: number, pixel: number])[]): number {
  const sorted = [...points].sort(([a], [b]) => a - b);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last || last[0] === first[0]) return 0;
  const slope = (last[1] - first[1]) / (last[0] - first[0]);
  return Math.max(
    ...sorted.map(([value, at]) => Math.abs(first[1] + slope * (value - first[0]) - at)),
  );
}

test.each([
  ['answer-10-0', 'log', undefined],
  ['curve-point-read-read-0', 'log', 'log'],
  ['curve-point-read-read-1', 'log', 'log'],
  ['percentiles-point-read-read-0', 'log', 'log'],
  ['map-size-0', 'log', 'log'],
  ['map-distance-screen-screen-0', 'symlog', 'log'],
] as const)('every mark of %s stands where its number says', (chart, x, y) => {
  const found = marksOf(chart);
  expect(found.length).toBeGreaterThan(1);
  const places = (axis: 'x' | 'y', scale: keyof typeof onAxis) =>
    found.map((mark) => {
      const pixel = mark.at?.[axis === 'x' ? 0 : 1] ?? Number.NaN;
      return [onAxis[scale](Number(mark[axis])), pixel] as const;
    });
  expect(offLine(places('x', x))).toBeLessThan(0.5);
  if (y) expect(offLine(places('y', y))).toBeLessThan(0.5);
});

test('the marks of a narrow picture stand where those of the wide one do, on its own scale', async () => {
  const pairs: [string, string, string][] = await pages.on((page) =>
    page.evaluate(`[...document.querySelectorAll('.chart')].flatMap((chart) => {
      const narrow = chart.querySelectorAll('.narrow .mark');
      const placeOf = (mark) => mark.getAttribute('cx') ?? mark.getAttribute('transform');
      return [...chart.querySelectorAll('.wide .mark')].map((mark, at) => {
        return [chart.dataset.drawing, placeOf(mark) ?? '', placeOf(narrow[at]) ?? ''];
      });
    })`),
  );
  const placeOf = (text: string) => Number(/[\d.]+/.exec(text)?.[0]);
  const charts = Map.groupBy(
    pairs.filter(([, wide]) => wide),
    ([chart]) => chart,
  );
  expect(charts.size).toBeGreaterThan(8);
  for (const [chart, found] of charts) {
    const places = found.map(([, wide, narrow]) => [placeOf(wide), placeOf(narrow)] as const);
    expect(offLine(places), chart).toBeLessThan(0.5);
  }
});
