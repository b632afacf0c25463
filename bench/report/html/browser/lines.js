import { apart, element, fillOf, legend, symbols, tagged } from './looks.js';
import { letter, logTicks, short, significant } from './numbers.js';

/** Pictures with two axes: curves, percentiles, crossovers. */

const margins = { marginLeft: 44, marginRight: 16 };
/** One point in so many has a mark where a line is made of many. */
const sparse = 8;

const scaleOf = ({ scale }, domain) => ({
  type: scale,
  domain,
  ...(scale === 'symlog' && { constant: 1 }),
});

function domainOf(values, scale) {
  const [least, most] = d3.extent(values);
  if (scale !== 'log') return [Math.min(0, least), most];
  const pad = Math.max(1.02, (most / least) ** 0.04);
  return [least / pad, most * pad];
}

const placesOf = (scale, width) =>
  Plot.scale({ x: { ...scale, range: [margins.marginLeft, width - margins.marginRight] } });

/** The ticks that were given, without those that the one before leaves no room for. */
function givenTicks(ticks, [least, most], place) {
  let end = Number.NEGATIVE_INFINITY;
  return ticks.filter(({ at, label }) => {
    const half = (label.length * letter) / 2;
    if (at < least || at > most || place.apply(at) - half < end + 4) return false;
    end = place.apply(at) + half;
    return true;
  });
}

function xTicks({ scale, ticks }, xScale, width) {
  const { domain } = xScale;
  if (ticks) {
    const shown = givenTicks(ticks, domain, placesOf(xScale, width));
    const texts = new Map(shown.map(({ at, label }) => [at, label]));
    return { at: [...texts.keys()], text: (value) => texts.get(value) };
  }
  const most = Math.floor(width / 60);
  const at = scale === 'log' ? logTicks(domain, most) : d3.ticks(...domain, most);
  return { at, text: short };
}

const marksOf = (points, isDense, x) =>
  Plot.dot(
    points,
    tagged(
      {
        x: 'x',
        y: 'y',
        symbol: ({ one }) => symbols[one.symbol],
        r: isDense ? 3.5 : 5,
        fill: ({ one, valid }) => (valid ? one.colour : 'var(--card)'),
        stroke: ({ one }) => one.colour,
        strokeWidth: 1.5,
      },
      (index) => {
        const { one, x: at, y, valid } = points[index];
        const place = x.ticks?.find((tick) => tick.at === at)?.label ?? significant(at);
        const tip = `${one.label}: ${significant(y)} at ${place}${valid ? '' : ', INVALID'}`;
        return { tip, series: one.label, x: at, y, valid };
      },
    ),
  );

function linesOf(series, points) {
  const line = { x: 'x', y: 'y', z: ({ one }) => one.label, stroke: ({ one }) => one.colour };
  return [
    // To points that are not valid, thin.
    Plot.line(
      points.filter(({ one }) => one.points.some(({ valid }) => !valid)),
      { ...line, strokeWidth: 1, strokeOpacity: 0.5 },
    ),
    ...series.map((one) =>
      Plot.line(
        points.filter((point) => point.one === one && point.valid),
        { ...line, strokeWidth: 2, strokeDasharray: one.dash },
      ),
    ),
  ];
}

export function drawLines({ x, y, series: plain, crossovers, winners = [] }, width) {
  const series = apart(plain).filter((one) => one.points.length > 0);
  const points = series.flatMap((one) => one.points.map((point) => ({ ...point, one })));
  if (points.length === 0) return [element('p', { class: 'empty' }, 'Nothing valid to draw.')];
  const xScale = scaleOf(
    x,
    domainOf(
      points.map((point) => point.x),
      x.scale,
    ),
  );
  const yDomain = domainOf(
    points.map((point) => point.y),
    y.scale,
  );
  const ticks = xTicks(x, xScale, width);
  const yTicks = y.scale === 'log' ? logTicks(yDomain, 7) : d3.ticks(...yDomain, 6);
  const isDense = series.some((one) => one.points.length > 24);
  const svg = Plot.plot({
    ...margins,
    width,
    height: Math.max(240, Math.min(340, width * 0.62)),
    marginTop: 12,
    marginBottom: 40,
    x: { ...xScale, label: null },
    y: { ...scaleOf(y, yDomain), label: null },
    marks: [
      Plot.gridY(yTicks, { stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.axisY(yTicks, { text: short, tickSize: 0, label: null }),
      Plot.axisX(ticks.at, { text: ticks.text, tickSize: 4, label: null }),
      Plot.text([x.label], { frameAnchor: 'bottom', dy: 36 }),
      Plot.rect(
        crossovers.filter(({ low }) => low !== undefined),
        { x1: 'low', x2: 'high', fill: 'var(--band)', fillOpacity: 0.6 },
      ),
      Plot.ruleX(crossovers, { x: 'x', stroke: 'var(--ink)', strokeDasharray: '4 3' }),
      ...linesOf(series, points),
      marksOf(isDense ? points.filter((_, at) => at % sparse === 0) : points, isDense, x),
    ],
  });
  const strip = winners.length > 1 ? [drawWinners(winners, xScale, width)] : [];
  const told = crossovers.length > 0 ? [crossingsOf(crossovers)] : [];
  return [legend(series), svg, ...strip, ...told];
}

function crossingsOf(crossovers) {
  const texts = crossovers.map(({ label, x, low, high }) => {
    const interval =
      low === undefined ? 'no interval' : `[${significant(low)}, ${significant(high)}]`;
    return `Crossover: ${label} at ${significant(x)} ${interval}`;
  });
  const items = texts.map((text) => element('li', {}, text));
  return element('ul', { class: 'crossings' }, ...items);
}

/** Who is best, from half-way to the neighbours before to half-way to those after. */
function runsOf(winners, xScale, place) {
  const [first, last] = xScale.domain;
  const middle = (a, b) => place.invert((place.apply(a) + place.apply(b)) / 2);
  const runs = [];
  winners.forEach((winner, at) => {
    const from = at === 0 ? first : middle(winners[at - 1].x, winner.x);
    const to = at === winners.length - 1 ? last : middle(winner.x, winners[at + 1].x);
    const run = runs.at(-1);
    if (run && run.label === winner.label && run.isShown === winner.isShown) {
      run.to = to;
      run.xs.push(winner.x);
    } else runs.push({ ...winner, wire: winner.wire ?? 'control', from, to, xs: [winner.x] });
  });
  return runs.map((run) => ({ ...run, middle: middle(run.from, run.to) }));
}

function drawWinners(winners, xScale, width) {
  const place = placesOf(xScale, width);
  const runs = runsOf(winners, xScale, place);
  const roomy = runs.filter(
    ({ from, to, label }) => place.apply(to) - place.apply(from) > label.length * letter + 8,
  );
  return Plot.plot({
    ...margins,
    width,
    height: 42,
    marginTop: 4,
    marginBottom: 20,
    x: { ...xScale, axis: null },
    y: { axis: null, domain: [0, 1] },
    marks: [
      Plot.rect(
        runs,
        tagged(
          {
            x1: 'from',
            x2: 'to',
            y1: 0,
            y2: 1,
            insetLeft: 1,
            insetRight: 1,
            fill: ({ wire, isShown }) => (isShown ? `var(--${wire})` : fillOf(wire, 2)),
            stroke: ({ wire }) => `var(--${wire})`,
          },
          (at) => {
            const { label, isShown, xs } = runs[at];
            const tip = `Best: ${label}${isShown ? '' : ', no difference shown'}`;
            return { tip, best: label, xs: xs.join(' ') };
          },
        ),
      ),
      Plot.text(roomy, { x: 'middle', frameAnchor: 'bottom', dy: 15, text: 'label' }),
    ],
  });
}
