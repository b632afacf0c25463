import * as Plot from '@observablehq/plot';
import { formatTimes } from '../../../result/format.ts';
import type { RatioPicture } from '../../../result/picture.ts';
import { colourOfWire, lookOf } from './looks.ts';
import { letter, type Range, ratioTicks } from './numbers.ts';
import { type ChartRow, drawRows, layoutOf, rowsOf, type Scale, tallIn } from './row-layout.ts';
import { type Attributes, tagged } from './svg.ts';

/** Ratios of one metric, a row per item, on an axis that is as long on either side of 1. */

type RatioItem = RatioPicture['items'][number];

const times = (ratio: number, like = ratio): string => `${formatTimes(ratio, like)}×`;

function ratioText({ ratio, low, high, isComparable }: RatioItem): string {
  if (isComparable === false) return 'not comparable';
  return low === undefined || high === undefined
    ? `${times(ratio)}, no interval`
    : `${times(ratio)} (${formatTimes(low, ratio)}–${formatTimes(high, ratio)})`;
}

const tipOf = (item: RatioItem, { contender, baseline, better }: RatioPicture): string => {
  const { ratio, floor } = item;
  const noise =
    floor === undefined ? 'no noise floor' : `two copies of a server differ by ${times(floor)}`;
  const why = item.isComparable === false ? `${times(ratio)}, not comparable` : ratioText(item);
  return `${item.label}: ${why}, ${contender} over ${baseline}; ${noise}; ${better} is better for ${contender}`;
};

/** Minimum reach of the axis to either side of 1, as a factor. */
const leastReach = 1.5;

/** As far to the left of 1 as to the right, so that both sides have their name. */
function ratioRange(items: readonly RatioItem[]): Range {
  const reaches = items.flatMap(({ ratio, low = 1, high = 1, floor = 1, isComparable }) =>
    (isComparable === false ? [ratio] : [ratio, low, high, floor]).map((one) =>
      Math.max(one, 1 / one),
    ),
  );
  const reach = Math.max(leastReach, ...reaches) * 1.05;
  return [1 / reach, reach];
}

const endsHeight = 24;

/** Who is better on which side, with a pointer that needs no font. */
function endsOf(
  { contender, baseline, better }: RatioPicture,
  { marginLeft, marginRight, width }: ReturnType<typeof layoutOf>,
) {
  const [left, right] = better === 'less' ? [contender, baseline] : [baseline, contender];
  const half = (width - marginLeft - marginRight) / 2;
  return (
    [
      ['left', left],
      ['right', right],
    ] as const
  ).flatMap(([side, name]) => {
    const outwards = side === 'left' ? -1 : 1;
    const text = `${name} better`;
    // A name that is longer than its half reaches into the margin.
    const beyond = Math.max(0, (text.length + 2) * letter - half) * outwards;
    const place = { frameAnchor: `top-${side}`, dy: -endsHeight / 2 } as const;
    return [
      Plot.dot([0], {
        ...place,
        dx: beyond - 4 * outwards,
        symbol: 'triangle',
        rotate: 90 * outwards,
        r: 3.2,
        fill: 'var(--ink)',
      }),
      Plot.text([text], {
        ...place,
        dx: beyond - 13 * outwards,
        lineAnchor: 'middle',
        textAnchor: side === 'left' ? 'start' : 'end',
        fill: 'var(--ink)',
      }),
    ];
  });
}

export function drawRatios(picture: RatioPicture, width: number, attributes: Attributes): string {
  const rows = rowsOf(picture.items, ratioText);
  const layout = layoutOf(rows, width);
  const tall = tallIn(layout);
  const range = ratioRange(picture.items);
  const y = ({ at }: ChartRow<RatioItem>) => at + layout.middle;
  const stroke = ({ wire }: ChartRow<RatioItem>) => colourOfWire(wire);
  const scale: Scale = {
    x: { type: 'log', domain: [...range] },
    ticks: ratioTicks(range, width - layout.marginLeft - layout.marginRight),
    tickText: (value) => `${Number(value.toFixed(2))}×`,
    above: endsHeight,
  };
  const marks = [
    Plot.rect(
      rows.filter(({ floor, isComparable }) => floor !== undefined && isComparable !== false),
      {
        x1: ({ floor = 1 }: ChartRow<RatioItem>) => 1 / floor,
        x2: 'floor',
        ...tall,
        fill: 'var(--band)',
      },
    ),
    Plot.ruleX(rows, { x: () => 1, ...tall, stroke: 'var(--ink)', strokeWidth: 1.5 }),
    ...endsOf(picture, layout),
    Plot.link(
      rows.filter(({ low, isComparable }) => low !== undefined && isComparable !== false),
      { x1: 'low', x2: 'high', y1: y, y2: y, stroke, strokeWidth: 3, strokeLinecap: 'round' },
    ),
    Plot.dot(
      rows,
      tagged(
        {
          x: 'ratio',
          y,
          symbol: ({ wire }: ChartRow<RatioItem>) => lookOf(wire).symbol,
          r: 6,
          fill: (row: ChartRow<RatioItem>) =>
            row.isComparable === false ? 'var(--card)' : stroke(row),
          stroke: (row: ChartRow<RatioItem>) =>
            row.isComparable === false ? stroke(row) : 'var(--card)',
          strokeWidth: 1.5,
          title: (row: ChartRow<RatioItem>) => tipOf(row, picture),
        },
        (at) => {
          const { label: series, ratio: x, low, high, floor } = rows[at] ?? {};
          return { series, x, low, high, floor };
        },
      ),
    ),
  ];
  return drawRows(rows, layout, scale, marks, attributes);
}
