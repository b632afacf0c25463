import { formatCount, formatSpread, missing } from '../result/format.ts';
import type { Result } from '../result/result.ts';
import { left, renderMarkdownRows, right } from '../result/table.ts';
import { closedOf, findCell } from '../statistics/summary.ts';
import { type BoardCell, boardOf, boardRttMs, rangeLegend } from './board.ts';
import { choicesOf } from './choose.ts';
import { headlineOf } from './headline.ts';
import { noiseSentence, rateSentence } from './trust.ts';

function cellText(cell: BoardCell): string {
  if (cell.kind !== 'figure') return cell.kind === 'missing' ? '?' : missing;
  const spread = formatSpread(cell.figure);
  const value = cell.isBest ? `**${cell.text}**` : cell.text;
  return spread === '' ? value : `${value} ${spread}`;
}

/** The board in Markdown, the best in bold. */
export function boardTable(result: Result): string {
  const { columns, rows } = boardOf(result);
  return renderMarkdownRows({
    columns: [left(''), ...columns.map(({ label }) => right(label))],
    rows: rows.map(({ label, cells }) => [label, ...cells.map(cellText)]),
  });
}

/** Says why a wire that has the call lacks a figure. */
const missingNote = (result: Result): string[] =>
  boardOf(result).rows.flatMap(({ label, cells }) => {
    const reasons = cells.flatMap((cell) => (cell.kind === 'missing' ? [cell.reason] : []));
    return reasons.length === 0
      ? []
      : [`${label} lacks figures: ${[...new Set(reasons)].join('; ')}.`];
  });

function loopSentence(result: Result): string {
  const texts = ['point-read', 'create'].flatMap((scenario) => {
    const [first] = findCell(result, scenario, 'rest')?.samples ?? [];
    const load = first && closedOf(first);
    const what = scenario === 'create' ? 'creates' : 'reads';
    return load
      ? [`${what} ${load.inFlight} in flight over ${formatCount(load.connections)} connections`]
      : [];
  });
  return texts.length === 0 ? '' : `Capacity: ${texts.join(', ')}.`;
}

function choiceTable(result: Result): string {
  return renderMarkdownRows({
    columns: [left('if you …'), left('take'), left('because (measured here)'), left('unless')],
    rows: choicesOf(result).map((choice) => [
      choice.if,
      choice.take,
      choice.because,
      choice.unless,
    ]),
  });
}

/** README's results: the answer, the board, how far it can be trusted, and when to choose which. */
export function renderReadmeResults(result: Result, path: string): string {
  const { environment, startedAt } = result;
  const { cpuModel, cores, node, revision } = environment;
  const { asks, scope, sentences } = headlineOf(result, `${cores} cores of ${cpuModel}`);
  const legend = [
    `CPU, p50 and bytes: of a read. Screen: at a round trip of ${boardRttMs} ms. ${rangeLegend(result)}`,
    'Bold: no other is better by more than noise. A dash: the wire does not have it.',
    ...missingNote(result),
  ];
  const conditions = [
    loopSentence(result),
    rateSentence(result),
    noiseSentence(result),
    `Measured on ${startedAt.slice(0, 10)}, Node ${node}, revision ${revision?.slice(0, 12) ?? 'unknown'}: [${path}](${path}).`,
  ].filter((text) => text !== undefined && text !== '');
  return [
    `**${asks}** ${scope} ${sentences.join(' ')}`,
    '',
    boardTable(result),
    '',
    legend.join(' '),
    '',
    conditions.join(' '),
    '',
    '## When to choose which',
    '',
    choiceTable(result),
  ].join('\n');
}
