import * as Plot from '@observablehq/plot';
import type { WireName } from '../../../result/wires.ts';
import { escaped } from '../markup.ts';
import { svgMarkup } from './svg.ts';

/** What each wire looks like in every picture. */

export interface Look {
  readonly colour: string;
  readonly symbol: Plot.SymbolType;
  readonly dash: string;
}

/** Symbol and dash of each wire, for readers who cannot see its colour. */
const looks: Readonly<Record<WireName | 'control', Omit<Look, 'colour'>>> = {
  rest: { symbol: 'circle', dash: '' },
  'rest-http2': { symbol: 'diamond', dash: '2 3' },
  grpc: { symbol: 'square', dash: '8 3' },
  graphql: { symbol: 'triangle', dash: '10 3 2 3' },
  websocket: { symbol: 'cross', dash: '5 2' },
  sse: { symbol: 'star', dash: '1 4' },
  control: { symbol: 'wye', dash: '3 5' },
};
/** For the second and further ways of one wire in one picture. */
const others: readonly Omit<Look, 'colour'>[] = [
  { symbol: 'wye', dash: '1 4' },
  { symbol: 'diamond', dash: '12 4' },
  { symbol: 'star', dash: '4 6' },
];

export const colourOfWire = (wire: WireName | null): string => `var(--${wire ?? 'control'})`;

export const lookOf = (wire: WireName | null): Look => ({
  ...looks[wire ?? 'control'],
  colour: colourOfWire(wire),
});

/** The look of each item; two ways of the same wire look different. */
export function looksApart(items: readonly { readonly wire: WireName | null }[]): Look[] {
  const seen = new Map<WireName | null, number>();
  return items.map(({ wire }) => {
    const turn = seen.get(wire) ?? 0;
    seen.set(wire, turn + 1);
    return { ...lookOf(wire), ...(turn > 0 && others[(turn - 1) % others.length]) };
  });
}

/** Shapes within a tile of 6 by 6 pixels that is repeated. */
const tiles: readonly string[] = [
  '<rect width="6" height="6"/>',
  '<rect width="6" height="6" fill-opacity=".3"/>',
  '<rect width="3" height="6"/>',
  '<circle cx="3" cy="3" r="1.6"/>',
  '<rect width="6" height="2"/>',
  '<rect width="6" height="6" fill-opacity=".6"/>',
];

/** A fill by its pattern, for parts that all have the colour of one wire. */
export const fillOf = (wire: WireName | null, tile: number): string =>
  `url(#fill-${wire ?? 'control'}-${tile % tiles.length})`;

/** The fill of a lead that is not shown. */
export const hatched = (wire: WireName | null): string => fillOf(wire, 2);

/** The patterns that `markup` fills something with. */
export function patternsMarkup(markup: string): string {
  const found = [...markup.matchAll(/url\(#(fill-([\w-]+)-(\d))\)/g)].map(
    ([, id, wire, tile]) =>
      `<pattern id="${id}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><g fill="var(--${wire})">${tiles[Number(tile)]}</g></pattern>`,
  );
  const patterns = [...new Set(found)].sort();
  return `<svg class="patterns" aria-hidden="true" width="0" height="0">${patterns.join('')}</svg>`;
}

const keySize = { width: 28, height: 12 };

/** A piece of a line with its symbol. */
const lineKey = ({ colour, symbol, dash }: Look): string =>
  svgMarkup(
    {
      ...keySize,
      margin: 0,
      axis: null,
      x: { domain: [0, 28] },
      y: { domain: [0, 12] },
      marks: [
        Plot.ruleY([6], { x1: 0, x2: 28, stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
        Plot.dot([14], { x: [14], y: [6], r: 3.7, fill: colour, symbol }),
      ],
    },
    { width: String(keySize.width), height: String(keySize.height), 'aria-hidden': 'true' },
  );

const partKey = (tile: number): string =>
  `<svg viewBox="0 0 18 12" width="18" height="12" aria-hidden="true"><rect x=".5" y=".5" width="17" height="11" stroke="var(--control)" fill="${fillOf(null, tile)}"/></svg>`;

const legend = (items: readonly string[]): string => `<ul class="legend">${items.join('')}</ul>`;

export const lineLegend = (series: readonly { readonly label: string; readonly look: Look }[]) =>
  legend(series.map(({ label, look }) => `<li>${lineKey(look)}${escaped(label)}</li>`));

export const partLegend = (parts: readonly string[]) =>
  legend(parts.map((part, tile) => `<li>${partKey(tile)}${escaped(part)}</li>`));
