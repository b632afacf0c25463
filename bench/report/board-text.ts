import { formatSpread, missing } from '../result/format.ts';
import type { Result } from '../result/result.ts';
import { terminalWidth } from '../result/table.ts';
import { type Board, type BoardCell, boardOf, boardRttMs, rangeLegend } from './board.ts';
import { type Ink, plain } from './ink.ts';

/** Stands for a figure that was not measured or is not valid. */
const unknown = '?';
/** Marks the best if there are no colours. */
const bestMark = '*';

interface CellText {
  readonly value: string;
  readonly spread: string;
  readonly isBest: boolean;
}

function textOf(cell: BoardCell | undefined): CellText {
  if (cell?.kind !== 'figure') {
    const value = cell?.kind === 'missing' ? unknown : missing;
    return { value, spread: '', isBest: false };
  }
  return { value: cell.text, spread: formatSpread(cell.figure), isBest: cell.isBest };
}

const widest = (texts: readonly string[]): number =>
  Math.max(0, ...texts.map(({ length }) => length));

/** A layout of the table; the first that fits into a terminal is used. */
interface Layout {
  readonly gap: string;
  readonly spread: (text: string) => string;
}

const layouts: readonly Layout[] = [
  { gap: '  ', spread: (text) => text },
  { gap: '  ', spread: (text) => text.replace(' ', '') },
  { gap: ' ', spread: (text) => text.replace(' ', '') },
  { gap: '  ', spread: () => '' },
];

/** A column of the table: values end, and spreads begin, at the same place in every row. */
function drawColumn(label: string, cells: readonly CellText[], layout: Layout, ink: Ink) {
  const spreads = cells.map(({ spread }) => layout.spread(spread));
  const isMarked = ink === plain && cells.some(({ isBest }) => isBest);
  const spreadWidth = Math.max(widest(spreads.map((text) => text && ` ${text}`)), isMarked ? 1 : 0);
  const valueWidth = widest(cells.map(({ value }) => value));
  const width = Math.max(label.length, valueWidth + spreadWidth);
  return {
    head: label.padStart(valueWidth).padEnd(width),
    texts: cells.map(({ value, isBest }, at) => {
      const before = ' '.repeat(valueWidth - value.length);
      const mark = isMarked && isBest ? bestMark : ' ';
      const after = (mark + (spreads[at] ?? '')).padEnd(width - valueWidth);
      return `${before}${isBest ? ink('bold', value) : value}${ink('dim', after)}`;
    }),
  };
}

function drawBoard({ columns, rows }: Board, layout: Layout, ink: Ink): string[] {
  const drawn = columns.map(({ label }, at) =>
    drawColumn(
      label,
      rows.map(({ cells }) => textOf(cells[at])),
      layout,
      ink,
    ),
  );
  const labelWidth = widest(rows.map(({ label }) => label));
  const line = (label: string, texts: readonly string[]) =>
    [label.padEnd(labelWidth), ...texts].join(layout.gap).trimEnd();
  const heads = drawn.map(({ head }) => head);
  const textsOf = (row: number) => drawn.map(({ texts }) => texts[row] ?? '');
  return [ink('dim', line('', heads)), ...rows.map(({ label }, row) => line(label, textsOf(row)))];
}

/** The board as a table of at most 100 columns: figures with their range, the best in bold. */
export function renderBoard(result: Result, ink: Ink = plain): string {
  const board = boardOf(result);
  const fits = (layout: Layout) => widest(drawBoard(board, layout, plain)) <= terminalWidth;
  const layout = layouts.find(fits) ?? layouts[0];
  return layout === undefined ? '' : drawBoard(board, layout, ink).join('\n');
}

/** What the columns and marks of the board mean. */
export function boardLegend(result: Result, ink: Ink = plain): string[] {
  const cells = boardOf(result).rows.flatMap((row) => row.cells);
  const hasBest = cells.some((cell) => cell.kind === 'figure' && cell.isBest);
  const marks = [
    ...(hasBest
      ? [`${ink === plain ? bestMark : 'Bold'}: no other is better by more than noise.`]
      : []),
    ...(cells.some(({ kind }) => kind === 'missing')
      ? [`${unknown}: not measured, or not valid.`]
      : []),
  ];
  return [
    `CPU, p50 and bytes: of a read. Screen: at a round trip of ${boardRttMs} ms. ${rangeLegend(result)}`,
    ...(marks.length > 0 ? [marks.join(' ')] : []),
  ];
}
