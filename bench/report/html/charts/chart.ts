import type { Drawing, Lines } from '../figure.ts';
import { escaped } from '../markup.ts';
import { drawLines, seriesOf } from './lines.ts';
import { lineLegend, partLegend } from './looks.ts';
import { matrixMarkup } from './matrix.ts';
import { significant, withUnit } from './numbers.ts';
import { drawRatios } from './ratios.ts';
import { drawBars, drawStack, partsOf } from './rows.ts';
import type { Attributes } from './svg.ts';
import { drawWaterfall } from './waterfall.ts';

/** Widths that a picture is drawn for, pixels: the style sheet shows the one that fits. */
const widths = { wide: 560, narrow: 320 } as const;

/** The narrow picture is for touch, which has no use for titles: the wide one has them. */
const withoutFacts = (svg: string): string =>
  svg.replace(/<title>[^<]*<\/title>| data-[a-z]+="[^"]*"/g, '');

function drawn(
  drawing: Exclude<Drawing, { kind: 'matrix' }>,
  width: number,
  attributes: Attributes,
): string {
  switch (drawing.kind) {
    case 'ratios':
      return drawRatios(drawing, width, attributes);
    case 'bars':
      return drawBars(drawing, width, attributes);
    case 'stack':
      return drawStack(drawing, width, attributes);
    case 'waterfall':
      return drawWaterfall(drawing, width, attributes);
    case 'lines':
      return drawLines(drawing, width, attributes);
  }
}

const legendOf = (drawing: Drawing): string =>
  drawing.kind === 'lines'
    ? lineLegend(seriesOf(drawing))
    : drawing.kind === 'stack'
      ? partLegend(partsOf(drawing))
      : '';

/** Where a crossing is, is not known better. */
const twoDigits = (value: number): number => Number(value.toPrecision(2));

function crossoversMarkup({ crossovers, x }: Lines): string {
  const items = crossovers.map(({ label, x: at, low, high }) => {
    const text = `Crossing: ${label} at about ${withUnit(twoDigits(at), x.unit)} (${significant(twoDigits(low))}–${significant(twoDigits(high))})`;
    return `<li>${escaped(text)}</li>`;
  });
  return items.length === 0 ? '' : `<ul class="crossings">${items.join('')}</ul>`;
}

/**
 * A picture with its legend, once for each width, drawn in Node: it needs no script. Its title and
 * description are the elements `ID-title` and `ID-text`.
 */
export function chartMarkup(id: string, drawing: Drawing): string {
  if (drawing.kind === 'matrix') return matrixMarkup(id, drawing);
  const attributes = {
    role: 'img',
    'aria-labelledby': `${id}-title`,
    'aria-describedby': `${id}-text`,
  };
  const wide = drawn(drawing, widths.wide, attributes);
  if (wide === '') return '<p class="empty">Nothing valid to draw.</p>';
  const narrow = withoutFacts(drawn(drawing, widths.narrow, attributes));
  const crossovers = drawing.kind === 'lines' ? crossoversMarkup(drawing) : '';
  const markup = `${legendOf(drawing)}<div class="chart" data-drawing="${id}"><div class="wide">${wide}</div><div class="narrow">${narrow}</div></div>${crossovers}`;
  // Labels have the marks of Markdown in them, which no picture shows.
  return markup.replaceAll('`', '');
}
