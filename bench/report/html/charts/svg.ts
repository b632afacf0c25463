import * as Plot from '@observablehq/plot';
import { DOMImplementation } from '@xmldom/xmldom';
import { escaped } from '../markup.ts';

/** Plot draws into a document. This one is of XML and lacks what HTML has: hence the cast. */
const document = new DOMImplementation().createDocument(
  'http://www.w3.org/2000/svg',
  'svg',
) as unknown as Document;

/** The numbers that a mark stands for. A reader sees its title; tests read these. */
type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/** Marks of the class `mark` that carry their facts as `data-` attributes. */
export const tagged = <Options extends Plot.MarkOptions>(
  options: Options,
  factsOf: (at: number) => Facts,
): Options & { readonly render: Plot.RenderFunction } => ({
  ...options,
  render(index, scales, values, dimensions, context, next) {
    const group = next?.(index, scales, values, dimensions, context) ?? null;
    index.forEach((at, place) => {
      const mark = group?.children.item(place);
      mark?.setAttribute('class', 'mark');
      for (const [name, value] of Object.entries(factsOf(at))) {
        if (value !== undefined) mark?.setAttribute(`data-${name}`, String(value));
      }
    });
    return group;
  },
});

const places = new Set('d transform x x1 x2 cx y y1 y2 cy width height'.split(' '));
/** To a tenth of a pixel. The other digits are half of the bytes of a curve, and not visible. */
const rounded = (text: string): string =>
  text.replace(/\d+\.\d{2,}(?!\d|em)/g, (number) => String(Math.round(Number(number) * 10) / 10));

/** Removes what the page says by its style sheet, or beside the picture. */
function lighten(root: Element): void {
  for (const style of [...root.getElementsByTagName('style')]) root.removeChild(style);
  for (const element of root.getElementsByTagName('*')) {
    for (const { name, value } of [...element.attributes]) {
      if (places.has(name)) element.setAttribute(name, rounded(value));
      else if (name.startsWith('aria-') || name === 'font-variant') element.removeAttribute(name);
    }
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export type Attributes = Readonly<Record<string, string>>;

/** A plot as the text of an SVG element that has the width of what it stands in. */
export function svgMarkup(options: Plot.PlotOptions & Size, attributes: Attributes): string {
  const root = Plot.plot({ ...options, document });
  lighten(root);
  const text = String(root);
  const inner = text.slice(text.indexOf('>') + 1, text.lastIndexOf('</svg>'));
  const own = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  return `<svg viewBox="0 0 ${options.width} ${options.height}"${own.join('')}>${inner}</svg>`;
}
