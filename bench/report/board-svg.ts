import { readFileSync } from 'node:fs';
import { missing } from '../result/format.ts';
import type { Result } from '../result/result.ts';
import type { WireName } from '../result/wires.ts';
import { type Board, type BoardCell, type BoardColumn, boardOf } from './board.ts';
import { type Bar, barOf, fullWidthOf } from './board-bars.ts';
import { headlineOf } from './headline.ts';
import { escaped } from './html/markup.ts';

/** The board as a picture of its own: beside a report, and in README. */

/** The name of the board's picture, beside the report. */
export const boardFile = 'board.svg';

export type Scheme = 'light' | 'dark';

/** About the width that GitHub has for a README, pixels. */
const width = 830;
const margin = 20;
const labelWidth = 108;
const columnGap = 14;
const titleHeight = 52;
const headHeight = 52;
const rowHeight = 42;
const footHeight = 34;

const sheet = readFileSync(new URL('html/style/colours.css', import.meta.url), 'utf8');

/** A colour of the report's style sheet. */
function colourOf(name: string, scheme: Scheme): string {
  const [, light, dark] =
    new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(sheet) ?? [];
  const found = scheme === 'light' ? light : dark;
  if (!found) throw new Error(`Expected the colour --${name} in the style sheet, found none.`);
  return found;
}

const pixels = (value: number): string => String(Math.round(value * 10) / 10);

interface TextLook {
  readonly size?: number;
  readonly weight?: 400 | 600 | 700;
  readonly fill?: string;
  readonly anchor?: 'start' | 'end';
}

function text(x: number, y: number, content: string, look: TextLook): string {
  const { size = 13, weight = 400, fill = 'INK', anchor = 'start' } = look;
  const end = anchor === 'end' ? ' text-anchor="end"' : '';
  return `<text x="${pixels(x)}" y="${pixels(y)}" font-size="${size}" font-weight="${weight}" fill="${fill}"${end}>${escaped(content)}</text>`;
}

const arrows = { more: 'M0 0H11M7.5 -3 11 0 7.5 3', less: 'M11 0H0M3.5 -3 0 0 3.5 3' } as const;

/** Name, scope, and which direction is better; the arrow is drawn, because fonts lack it. */
function headOf({ label, scope, better }: BoardColumn, x: number, y: number): string {
  const arrow = `<path d="${arrows[better]}" transform="translate(${pixels(x)} ${pixels(y + 34)})" fill="none" stroke="SOFT" stroke-width="1.25"/>`;
  return [
    text(x, y + 8, label, { size: 14, weight: 700 }),
    text(x, y + 23, scope, { size: 11, fill: 'SOFT' }),
    arrow,
    text(x + 16, y + 38, `${better} is better`, { size: 11, fill: 'SOFT' }),
  ].join('');
}

function whiskerOf([low, high]: readonly [number, number], x: number, y: number, full: number) {
  const [from, to] = [x + low * full, x + high * full].map(pixels);
  const line = `M${from} ${y}H${to}`;
  const ends = [from, to].map((end) => `M${end} ${y - 3.5}V${y + 3.5}`).join('');
  return `<path d="${line}" stroke="CARD" stroke-width="3.5"/><path d="${line}${ends}" stroke="INK" stroke-width="1.25"/>`;
}

function barMarkup(bar: Bar, x: number, y: number, full: number, colour: string): string {
  const rect = `<rect x="${pixels(x)}" y="${pixels(y - 4.5)}" width="${pixels(bar.share * full)}" height="9" rx="1" fill="${colour}"/>`;
  if (bar.isCut) {
    const at = x + full - 12;
    const slant = (start: number) => `M${pixels(start)} ${y + 8}L${pixels(start + 6)} ${y - 8}`;
    return `${rect}<path d="${slant(at)}${slant(at + 5)}" stroke="CARD" stroke-width="2"/>`;
  }
  return rect + (bar.whisker ? whiskerOf(bar.whisker, x, y, full) : '');
}

function cellOf(
  cell: BoardCell,
  place: readonly [x: number, y: number],
  full: number,
  fullWidth: number,
  colour: string,
): string {
  const [x, y] = place;
  if (cell.kind !== 'figure') {
    const word = cell.kind === 'missing' ? 'no figure' : missing;
    return text(x, y + 25, word, { fill: 'SOFT' });
  }
  const bar = barOf(cell, fullWidth);
  return [
    text(x, y + 18, cell.text, { size: 14, weight: cell.isBest ? 700 : 400 }),
    bar ? barMarkup(bar, x, y + 29.5, full, colour) : '',
  ].join('');
}

/** The rows of all wires below the heads of the columns. */
function tableOf({ columns, rows }: Board, top: number): string {
  const step = (width - 2 * margin - labelWidth + columnGap) / columns.length;
  const full = step - columnGap;
  const xOf = (at: number) => margin + labelWidth + at * step;
  const scales = columns.map((_, at) => fullWidthOf(rows.flatMap(({ cells }) => cells[at] ?? [])));
  const lines = rows.map(({ wire, label, cells }, row) => {
    const y = top + headHeight + row * rowHeight;
    const colour = wireColour(wire);
    return [
      `<path d="M${margin} ${y}H${width - margin}" stroke="LINE"/>`,
      `<rect x="${margin}" y="${y + 16}" width="10" height="10" rx="2" fill="${colour}"/>`,
      text(margin + 17, y + 26, label, { size: 14, weight: 600 }),
      ...cells.map((cell, at) => cellOf(cell, [xOf(at), y], full, scales[at] ?? 1, colour)),
    ].join('');
  });
  return [...columns.map((column, at) => headOf(column, xOf(at), top)), ...lines].join('\n');
}

/** Colours have names until the scheme is known. */
const wireColour = (wire: WireName): string => `WIRE-${wire};`;

const inColours = (markup: string, scheme: Scheme): string =>
  markup
    .replace(/"WIRE-([\w-]+);"/g, (_, wire: string) => `"${colourOf(wire, scheme)}"`)
    .replace(
      /"(INK|SOFT|CARD|LINE)"/g,
      (_, name: string) => `"${colourOf(name.toLowerCase(), scheme)}"`,
    );

const noteText =
  'Each column has its own scale. Whiskers: range in this run. Bold: best, or within the noise of the best. –: does not apply.';

/** The board as one SVG file, with its background, that asks for nothing from anywhere. */
export function renderBoardSvg(result: Result, scheme: Scheme): string {
  const board = boardOf(result);
  const { asks, scope, sentences } = headlineOf(result);
  const { environment, startedAt } = result;
  const height = titleHeight + headHeight + board.rows.length * rowHeight + footHeight;
  const run = `${environment.cpuModel}, ${environment.cores} cores, Node ${environment.node.replace(/^v/, '')}, ${startedAt.slice(0, 10)}`;
  const body = [
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="CARD" stroke="LINE"/>`,
    text(margin, 35, asks, { size: 20, weight: 700 }),
    text(width - margin, 34, run, { size: 12, fill: 'SOFT', anchor: 'end' }),
    tableOf(board, titleHeight + 8),
    `<path d="M${margin} ${height - footHeight + 8}H${width - margin}" stroke="LINE"/>`,
    text(margin, height - 11, noteText, { size: 11, fill: 'SOFT' }),
  ].join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title text" font-family="system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif">
<title id="title">${escaped(asks)}</title><desc id="text">${escaped([scope, ...sentences].join(' '))}</desc>
${inColours(body, scheme)}
</svg>
`;
}
