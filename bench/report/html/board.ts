import { missing } from '../../result/format.ts';
import type { WireName } from '../../result/wires.ts';
import type { Board, BoardCell, BoardColumn } from '../board.ts';
import { barOf, fullWidthOf } from '../board-bars.ts';
import { colourOfWire } from './charts/looks.ts';
import { escaped, list, prose, tableMarkup } from './markup.ts';

/** The board, twice: one table for wide pages, a small table for each column for narrow ones. */

/** Not every font has arrows. */
const arrow = (path: string): string =>
  `<svg class="arrow" viewBox="0 0 14 8" aria-hidden="true"><path d="${path}"/></svg>`;
const directions = {
  more: `more is better ${arrow('M0 4H13M9.5 .5 13 4 9.5 7.5')}`,
  less: `${arrow('M14 4H1M4.5 .5 1 4 4.5 7.5')} less is better`,
} as const;

const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`;

/** Slanted lines through a bar that is longer than its place. */
const breakMarkup =
  '<svg x="88%" width="10" height="16"><path class="break" d="M-1 18 5 -2M4 18 10 -2"/></svg>';

function whiskerMarkup([low, high]: readonly [number, number]): string {
  const [from, to] = [percent(low), percent(high)];
  const lines = `<line x1="${from}" x2="${to}" y1="8" y2="8"/><line x1="${from}" x2="${from}" y1="4.5" y2="11.5"/><line x1="${to}" x2="${to}" y1="4.5" y2="11.5"/>`;
  return `<line class="halo" x1="${from}" x2="${to}" y1="8" y2="8"/><g class="whisker">${lines}</g>`;
}

function barMarkup(cell: BoardCell, wire: WireName, fullWidth: number): string {
  const bar = barOf(cell, fullWidth);
  if (!bar) return '';
  const whisker = bar.whisker ? whiskerMarkup(bar.whisker) : '';
  return `<svg class="bar" aria-hidden="true"><rect width="${percent(bar.share)}" y="3" height="10" rx="1" fill="${colourOfWire(wire)}"/>${bar.isCut ? breakMarkup : whisker}</svg>`;
}

/** A word instead of a figure. */
const wordOf = ({ reason }: Extract<BoardCell, { kind: 'missing' }>): string =>
  reason.startsWith('not measured') ? 'not measured' : 'invalid';

type Row = Board['rows'][number];

/** What a cell shows, in one line. */
function tipOf(cell: BoardCell, { label }: Row, column: BoardColumn): string {
  const name = `${label}, ${column.label}`;
  switch (cell.kind) {
    case 'does not apply':
      return `${name}: ${label} has no such call.`;
    case 'missing':
      return `${name}: ${cell.reason}.`;
    case 'figure': {
      const range = cell.range === undefined ? '' : `, range ${cell.range}`;
      return `${name}: ${cell.text}${range}. ${column.what}${cell.isBest ? ' Best, or within the noise of the best.' : ''}`;
    }
  }
}

function cellMarkup(row: Row, column: BoardColumn, cell: BoardCell, fullWidth: number): string {
  const tip = escaped(tipOf(cell, row, column));
  switch (cell.kind) {
    case 'does not apply':
      return `<td class="none" title="${tip}"><span class="value">${missing}</span></td>`;
    case 'missing':
      return `<td class="none" title="${tip}">${wordOf(cell)}</td>`;
    case 'figure': {
      const text = escaped(cell.text);
      const value = cell.isBest ? `<b>${text}<span class="unseen">, best</span></b>` : text;
      return `<td title="${tip}"><div class="cell"><span class="value">${value}</span>${barMarkup(cell, row.wire, fullWidth)}</div></td>`;
    }
  }
}

const headMarkup = ({ label, scope, what, better }: BoardColumn): string =>
  `<span title="${escaped(what)}"><b>${escaped(label)}</b> <span class="scope">${escaped(scope)}</span> <span class="dot">·</span> <span class="direction">${directions[better]}</span></span>`;

const rowHead = ({ wire, label }: Row): string =>
  `<th class="wire" scope="row"><span class="key" style="--wire: ${colourOfWire(wire)}"></span>${escaped(label)}</th>`;

interface DrawnColumn {
  readonly column: BoardColumn;
  readonly cells: readonly { readonly row: Row; readonly cell: BoardCell }[];
  readonly fullWidth: number;
}

const drawnColumns = ({ columns, rows }: Board): DrawnColumn[] =>
  columns.map((column, at) => {
    const cells = rows.flatMap((row) => {
      const cell = row.cells[at];
      return cell ? [{ row, cell }] : [];
    });
    return { column, cells, fullWidth: fullWidthOf(cells.map(({ cell }) => cell)) };
  });

function wideMarkup({ rows }: Board, drawn: readonly DrawnColumn[]): string {
  const heads = drawn.map(
    ({ column }) => `<th class="head" scope="col">${headMarkup(column)}</th>`,
  );
  const lines = rows.map((row, at) => {
    const cells = drawn.map(({ column, cells, fullWidth }) =>
      cellMarkup(row, column, cells[at]?.cell ?? { kind: 'does not apply' }, fullWidth),
    );
    return `<tr>${rowHead(row)}${cells.join('')}</tr>`;
  });
  return `<table class="wide-board"><caption class="unseen">The board</caption><thead><tr><td class="wire"></td>${heads.join('')}</tr></thead><tbody>${lines.join('\n')}</tbody></table>`;
}

/** One column as a table of its own, of the wires that it applies to. */
function multipleMarkup({ column, cells, fullWidth }: DrawnColumn): string {
  const lines = cells
    .filter(({ cell }) => cell.kind !== 'does not apply')
    .map(({ row, cell }) => `<tr>${rowHead(row)}${cellMarkup(row, column, cell, fullWidth)}</tr>`);
  return `<table><caption class="name">${headMarkup(column)}</caption><tbody>${lines.join('')}</tbody></table>`;
}

/** Why figures are missing, once for each reason. */
function reasonsMarkup(drawn: readonly DrawnColumn[]): string {
  const all = drawn.flatMap(({ column, cells }) =>
    cells.flatMap(({ row, cell }) =>
      cell.kind === 'missing'
        ? [{ name: `${row.label}, ${column.label}`, reason: cell.reason }]
        : [],
    ),
  );
  const byReason = Map.groupBy(all, ({ reason }) => reason);
  return list(
    [...byReason].map(
      ([reason, cells]) => `${cells.map(({ name }) => name).join('; ')}: ${reason}.`,
    ),
  );
}

/** What the bars show, in words and numbers. */
function numbersMarkup({ rows }: Board, drawn: readonly DrawnColumn[]): string {
  const textOf = (cell: BoardCell): string =>
    cell.kind === 'figure'
      ? `${cell.text}${cell.range === undefined ? '' : ` (${cell.range})`}`
      : cell.kind === 'missing'
        ? wordOf(cell)
        : missing;
  return tableMarkup({
    title: 'The board in numbers, with ranges',
    lead: '',
    columns: ['', 'what it is', ...rows.map(({ label }) => label)].map((head, at) => ({
      head,
      align: at < 2 ? 'left' : 'right',
    })),
    rows: drawn.map(({ column, cells }) => [
      column.label,
      column.what,
      ...cells.map(({ cell }) => textOf(cell)),
    ]),
    notes: [],
  });
}

/** @param rate at which all were measured, and how busy that kept their servers */
export function boardMarkup(board: Board, rate: string): string {
  const drawn = drawnColumns(board);
  const hasCut = drawn.some(({ cells, fullWidth }) =>
    cells.some(({ cell }) => barOf(cell, fullWidth)?.isCut),
  );
  const key = `Each column has its own scale. Whiskers: range in this run. <b>Bold</b>: best, or within the noise of the best. –: does not apply.${hasCut ? ' A bar with a gap is cut.' : ''}`;
  return `<div class="board">${wideMarkup(board, drawn)}
<div class="multiples">${drawn.map(multipleMarkup).join('\n')}</div></div>
${reasonsMarkup(drawn)}
${rate === '' ? '' : `<p class="equal-rate">${prose(rate)}</p>`}
<details class="board-numbers"><summary>${key}</summary>${numbersMarkup(board, drawn)}</details>`;
}
