import * as Plot from '@observablehq/plot';
import type { Lines, LinesAxis } from '../figure.ts';
import { type Across, acrossOf, domainOf, margins, scaleOf } from './axes.ts';
import { type Look, looksApart } from './looks.ts';
import { letter, logTicks, short, significant, withUnit } from './numbers.ts';
import { type Attributes, svgMarkup, tagged } from './svg.ts';
import { drawWinners } from './winners.ts';

/** Pictures with two axes: curves, percentiles, crossovers. */

/** Where a line is made of many points, one in so many has a symbol. */
const sparse = 8;
/** A line of more points than this has few symbols. */
const mostSymbols = 24;

type Points = Lines['series'][number]['points'];
type Point = Points[number];

/** Labels of a logarithmic y axis have room. */
const mostTicks = 9;

interface Series {
  readonly label: string;
  readonly look: Look;
  readonly points: Points;
}

/** A logarithmic axis has no place for 0, which a process without a response in time measures. */
const hasPlace = ({ scale }: LinesAxis, value: number): boolean => scale !== 'log' || value > 0;

/** The series that have points, each with its look. */
export function seriesOf({ series, x, y }: Lines): Series[] {
  const looks = looksApart(series);
  return series.flatMap(({ label, points: all }, at) => {
    const look = looks[at];
    const points = all.filter((point) => hasPlace(x, point.x) && hasPlace(y, point.y));
    return look && points.length > 0 ? [{ label, look, points }] : [];
  });
}

/** Texts of ticks by their number. Of given ticks, those that the one before leaves room for. */
function ticksOf({ scale, ticks }: LinesAxis, { domain, place, width }: Across) {
  const most = Math.floor(width / 60);
  if (!ticks) return { at: scale === 'log' ? logTicks(domain, most) : most, text: short };
  let end = Number.NEGATIVE_INFINITY;
  const shown = ticks.filter(({ at, label }) => {
    const half = (label.length * letter) / 2;
    if (at < domain[0] || at > domain[1] || place(at) - half < end + 4) return false;
    end = place(at) + half;
    return true;
  });
  const texts = new Map(shown.map(({ at, label }) => [at, label]));
  return { at: [...texts.keys()], text: (value: number) => texts.get(value) ?? '' };
}

/** A line through the valid points, with a gap at each that is not. */
const lineOf = ({ look: { colour, dash }, points }: Series) =>
  Plot.line(points, {
    x: 'x',
    y: ({ y, valid }: Point) => (valid ? y : Number.NaN),
    stroke: colour,
    strokeWidth: 2,
    ...(dash && { strokeDasharray: dash }),
  });

function symbolsOf(
  { label, look: { colour, symbol }, points }: Series,
  r: number,
  { x, y: yAxis }: Pick<Lines, 'x' | 'y'>,
) {
  const tipOf = ({ x: at, y, valid }: Point) => {
    const place = x.ticks?.find((tick) => tick.at === at)?.label ?? x.textOf?.(at);
    const where = place ?? significant(at);
    return `${label}: ${withUnit(y, yAxis.unit)} at ${x.unit === '' || where.endsWith(x.unit) ? where : `${where} ${x.unit}`}${valid ? '' : ', INVALID'}`;
  };
  const isHollow = points.some(({ valid }) => !valid);
  return Plot.dot(
    points,
    tagged(
      {
        x: 'x',
        y: 'y',
        symbol,
        r,
        fill: isHollow ? ({ valid }: Point) => (valid ? colour : 'var(--card)') : colour,
        stroke: colour,
        strokeWidth: 1.5,
        title: tipOf,
      },
      (at) => {
        const { x: place, y, valid } = points[at] ?? {};
        return { series: label, x: place, y, ...(!valid && { valid }) };
      },
    ),
  );
}

/** All points of a short series; of a long one few, at other places than those of the others. */
const markedOf = (series: Series, turn: number): Series =>
  series.points.length <= mostSymbols
    ? series
    : { ...series, points: series.points.filter((_, at) => (at + turn) % sparse === 0) };

const crossingsOf = (crossovers: Lines['crossovers']) => [
  Plot.rect(crossovers, { x1: 'low', x2: 'high', fill: 'var(--band)', fillOpacity: 0.6 }),
  Plot.ruleX(crossovers, { x: 'x', stroke: 'var(--ink)', strokeDasharray: '4 3' }),
];

/** The picture, and below it who is best. Empty if it has no point. */
export function drawLines(picture: Lines, width: number, attributes: Attributes): string {
  const { x, y, crossovers, winners = [] } = picture;
  const series = seriesOf(picture);
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) return '';
  const valuesOf = (axis: 'x' | 'y') => points.map((point) => point[axis]);
  const across = acrossOf(x, valuesOf('x'), width);
  const yDomain = domainOf(valuesOf('y'), y.scale);
  const ticks = ticksOf(x, across);
  const yTicks = y.scale === 'log' ? logTicks(yDomain, mostTicks) : 6;
  const isDense = series.some((one) => one.points.length > mostSymbols);
  const svg = svgMarkup(
    {
      ...margins,
      width,
      height: Math.round(Math.max(240, Math.min(340, width * 0.58))),
      marginTop: 12,
      marginBottom: 42,
      x: { ...across.options, label: null },
      y: { ...scaleOf(y, yDomain), label: null },
      marks: [
        Plot.gridY({ ticks: yTicks, stroke: 'var(--grid)', strokeOpacity: 1 }),
        Plot.axisY({ ticks: yTicks, text: short, tickSize: 0, label: null }),
        Plot.axisX({ ticks: ticks.at, text: ticks.text, tickSize: 4, label: null }),
        Plot.text([x.label], { frameAnchor: 'bottom', dy: 38 }),
        ...crossingsOf(crossovers),
        ...series.map(lineOf),
        ...series.map((one, turn) => symbolsOf(markedOf(one, turn), isDense ? 3.5 : 5, { x, y })),
      ],
    },
    attributes,
  );
  return svg + (winners.length > 1 ? drawWinners(winners, across) : '');
}
