import { drawing, element, fillOf, lookOf, symbols, tagged } from './looks.js';
import { letter, ratioTicks, short, significant, times } from './numbers.js';

/** Pictures of one row an item: ratios, bars, bars of parts. */

const bottom = 26;

/**
 * Where a row has its label, mark and number. Beside each other where there is room, else label
 * and number above the mark, so that nothing collides.
 */
function layoutOf(items, numberOf, { width, canBeInline }) {
  const label = letter * d3.max(items, (item) => item.label.length);
  const number = letter * d3.max(items, (item) => numberOf(item).length);
  if (canBeInline && label + number + 220 < width) {
    const beside = { marginLeft: Math.ceil(label) + 12, marginRight: Math.ceil(number) + 10 };
    return { ...beside, isInline: true, height: 28, middle: 0.5, half: 0.3 };
  }
  const isTight = label + number + 12 > width;
  const height = isTight ? 62 : 46;
  const middle = 1 - 13 / height;
  return { marginLeft: 8, marginRight: 8, isTight, height, middle, half: 9 / height };
}

function labelsOf(items, numberOf, { isInline, isTight, middle }) {
  const text = (frameAnchor, more) =>
    Plot.text(items, { x: null, frameAnchor, fill: 'var(--ink)', ...more });
  if (isInline) {
    const y = (_, at) => at + middle;
    return [
      text('left', { y, dx: -8, textAnchor: 'end', text: 'label' }),
      text('right', { y, dx: 8, textAnchor: 'start', text: numberOf }),
    ];
  }
  const y = (_, at) => at;
  return [
    text('left', { y, dx: -8, dy: 12, text: 'label' }),
    isTight
      ? text('left', { y, dx: -8, dy: 28, text: numberOf })
      : text('right', { y, dx: 8, dy: 12, text: numberOf }),
  ];
}

/** From the top to the bottom of what is drawn in a row. */
const tallIn = ({ middle, half }) => ({
  y1: ({ at }) => at + middle - half,
  y2: ({ at }) => at + middle + half,
});

function rows(items, layout, { width, numberOf, x, ticks, tickText, marks }) {
  const { marginLeft, marginRight, height } = layout;
  return Plot.plot({
    width,
    height: items.length * height + bottom,
    marginLeft,
    marginRight,
    marginTop: 0,
    marginBottom: bottom,
    x: { ...x, axis: null, label: null },
    y: { axis: null, domain: [items.length, 0] },
    marks: [
      Plot.gridX(ticks, { stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.axisX(ticks, { tickSize: 0, text: tickText, label: null }),
      ...marks,
      ...labelsOf(items, numberOf, layout),
    ],
  });
}

const ratioText = ({ ratio, low, high }) =>
  low === undefined
    ? `${times(ratio)}, no interval`
    : `${times(ratio)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
const floorText = ({ floor }) =>
  floor === undefined ? 'no noise floor' : `noise floor ${times(floor)}`;

export function drawRatios({ items: plain }, width) {
  const items = plain.map((item, at) => ({ ...lookOf(item), at }));
  const layout = layoutOf(items, ratioText, { width, canBeInline: width > 760 });
  const { middle } = layout;
  const bounds = items.flatMap(({ ratio, low, high, floor = 1 }) => [
    ratio,
    low ?? 1,
    high ?? 1,
    floor,
    1 / floor,
  ]);
  const domain = [Math.min(0.8, ...bounds) * 0.95, Math.max(1.25, ...bounds) * 1.05];
  const y = ({ at }) => at + middle;
  const tall = tallIn(layout);
  const svg = rows(items, layout, {
    width,
    numberOf: ratioText,
    x: { type: 'log', domain },
    ticks: ratioTicks(domain, width - layout.marginLeft - layout.marginRight),
    tickText: (value) => `${significant(value)}×`,
    marks: [
      Plot.rect(
        items.filter(({ floor }) => floor !== undefined),
        { x1: ({ floor }) => 1 / floor, x2: 'floor', ...tall, fill: 'var(--band)' },
      ),
      Plot.ruleX(items, { x: () => 1, ...tall, stroke: 'var(--ink)', strokeWidth: 1.5 }),
      Plot.link(
        items.filter(({ low }) => low !== undefined),
        {
          x1: 'low',
          x2: 'high',
          y1: y,
          y2: y,
          stroke: 'colour',
          strokeWidth: 3,
          strokeLinecap: 'round',
        },
      ),
      Plot.dot(
        items,
        tagged(
          {
            x: 'ratio',
            y,
            symbol: ({ symbol }) => symbols[symbol],
            r: 6,
            fill: 'colour',
            stroke: 'var(--card)',
          },
          (at) => {
            const { label, ratio, low = '', high = '', floor = '' } = items[at];
            const tip = `${label}: ${ratioText(items[at])}; ${floorText(items[at])}`;
            return { tip, series: label, x: ratio, low, high, floor };
          },
        ),
      ),
    ],
  });
  return [svg];
}

const linear = (domain, { marginLeft, marginRight }, width) => ({
  x: { type: 'linear', domain },
  ticks: d3.ticks(...domain, Math.max(2, Math.floor((width - marginLeft - marginRight) / 70))),
  tickText: short,
});

export function drawBars({ items: plain }, width) {
  const items = plain.map((item, at) => ({ ...lookOf(item), at }));
  const numberOf = ({ value }) => significant(value);
  const layout = layoutOf(items, numberOf, { width, canBeInline: true });
  const tall = tallIn(layout);
  const svg = rows(items, layout, {
    width,
    numberOf,
    ...linear([0, d3.max(items, ({ value }) => value) || 1], layout, width),
    marks: [
      Plot.rect(
        items,
        tagged(
          {
            x1: 0,
            x2: 'value',
            ...tall,
            fill: 'colour',
          },
          (at) => {
            const { label, value } = items[at];
            return { tip: `${label}: ${significant(value)}`, series: label, x: value };
          },
        ),
      ),
      Plot.ruleX(items, { x: () => 0, ...tall, stroke: 'var(--ink)' }),
    ],
  });
  return [svg];
}

/** Parts one after the other, those below 0 to the left of it. */
function piecesOf(items, parts) {
  return items.flatMap((item) => {
    let [up, down] = [0, 0];
    return item.parts.map(({ label, value }) => {
      const from = value < 0 ? down : up;
      if (value < 0) down += value;
      else up += value;
      const fill = fillOf(item.wire ?? 'control', parts.indexOf(label));
      return { item, at: item.at, label, value, from, to: from + value, fill };
    });
  });
}

export function drawStack({ items: plain }, width) {
  const items = plain.map((item, at) => ({ ...lookOf(item), at }));
  const parts = [...new Set(items.flatMap((item) => item.parts.map(({ label }) => label)))];
  const pieces = piecesOf(items, parts);
  const numberOf = (item) => significant(d3.sum(item.parts, ({ value }) => value));
  const layout = layoutOf(items, numberOf, { width, canBeInline: true });
  const svg = rows(items, layout, {
    width,
    numberOf,
    ...linear(d3.extent([0, ...pieces.map(({ to }) => to)]), layout, width),
    marks: [
      Plot.rect(
        pieces,
        tagged(
          {
            x1: 'from',
            x2: 'to',
            ...tallIn(layout),
            fill: 'fill',
            stroke: ({ item }) => item.colour,
          },
          (at) => {
            const { item, label, value } = pieces[at];
            const tip = `${item.label}, ${label}: ${significant(value)}`;
            return { tip, series: item.label, part: label, x: value };
          },
        ),
      ),
      Plot.ruleX(items, { x: () => 0, ...tallIn(layout), stroke: 'var(--ink)', strokeWidth: 1.5 }),
    ],
  });
  const keys = parts.map((part, at) => {
    const key = drawing('svg', { width: 18, height: 12, 'aria-hidden': 'true' });
    const box = { x: 0.5, y: 0.5, width: 17, height: 11, stroke: 'var(--control)' };
    drawing('rect', { ...box, fill: fillOf('control', at) }, key);
    return element('li', {}, key, part);
  });
  return [element('ul', { class: 'legend' }, ...keys), svg];
}
