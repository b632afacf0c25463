/** What each wire looks like, everywhere. */

/** Shape and dash say which wire it is where the colour cannot. */
const looks = {
  rest: { symbol: 'circle', dash: '' },
  'rest-http2': { symbol: 'diamond', dash: '2 3' },
  grpc: { symbol: 'square', dash: '8 3' },
  graphql: { symbol: 'triangle', dash: '10 3 2 3' },
  websocket: { symbol: 'cross', dash: '5 2' },
  sse: { symbol: 'star', dash: '1 4' },
  control: { symbol: 'wye', dash: '3 5' },
};
/** For the second and further ways of one wire in one picture. */
const others = [
  { symbol: 'wye', dash: '1 4' },
  { symbol: 'diamond', dash: '12 4' },
  { symbol: 'star', dash: '4 6' },
];

export const lookOf = (item) => {
  const wire = item.wire ?? 'control';
  return { ...item, ...looks[wire], wire, colour: `var(--${wire})` };
};
/** As above, and each way of the same wire looks different. */
export function apart(items) {
  const seen = new Map();
  return items.map((item) => {
    const turn = seen.get(item.wire) ?? 0;
    seen.set(item.wire, turn + 1);
    return { ...lookOf(item), ...(turn > 0 && others[(turn - 1) % others.length]) };
  });
}

export const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
export const drawing = (tag, attributes, parent) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
};

/** Fills of parts and of leads that are not shown: drawn, since all have one wire's colour. */
const patterns = drawing('svg', {
  width: 0,
  height: 0,
  'aria-hidden': 'true',
  style: 'position:absolute',
});
document.body.append(patterns);
const shapes = [
  (colour) => [['rect', { width: 6, height: 6, fill: colour }]],
  (colour) => [['rect', { width: 6, height: 6, fill: colour, 'fill-opacity': 0.3 }]],
  (colour) => [['rect', { width: 3, height: 6, fill: colour }]],
  (colour) => [['circle', { cx: 3, cy: 3, r: 1.6, fill: colour }]],
  (colour) => [['rect', { width: 6, height: 2, fill: colour }]],
  (colour) => [['rect', { width: 6, height: 6, fill: colour, 'fill-opacity': 0.6 }]],
];
const known = new Set();
export function fillOf(wire, shape) {
  const id = `fill-${wire}-${shape % shapes.length}`;
  if (!known.has(id)) {
    known.add(id);
    const pattern = drawing(
      'pattern',
      { id, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      patterns,
    );
    for (const [tag, attributes] of shapes[shape % shapes.length](`var(--${wire})`)) {
      drawing(tag, attributes, pattern);
    }
  }
  return `url(#${id})`;
}

export function legend(series) {
  const items = series.map(({ label, colour, symbol, dash }) => {
    const svg = drawing('svg', { width: 28, height: 12, 'aria-hidden': 'true' });
    drawing(
      'path',
      { d: 'M0 6H28', stroke: colour, 'stroke-width': 2, 'stroke-dasharray': dash },
      svg,
    );
    const path = d3.symbol(symbols[symbol], 44)();
    drawing('path', { d: path, transform: 'translate(14,6)', fill: colour }, svg);
    return element('li', {}, svg, label);
  });
  return element('ul', { class: 'legend' }, ...items);
}
export const symbols = {
  circle: d3.symbolCircle,
  diamond: d3.symbolDiamond,
  square: d3.symbolSquare,
  triangle: d3.symbolTriangle,
  cross: d3.symbolCross,
  star: d3.symbolStar,
  wye: d3.symbolWye,
};

/** Marks that carry their numbers, for the tip, the keyboard and whoever checks them. */
export const tagged = (options, factsOf) => ({
  ...options,
  render(index, scales, values, dimensions, context, next) {
    const group = next(index, scales, values, dimensions, context);
    index.forEach((at, place) => {
      Object.assign(group.children[place].dataset, factsOf(at));
    });
    return group;
  },
});
