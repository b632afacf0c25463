import type { Result } from '../result/result.ts';
import { linesOf, renderText, terminalWidth, wrapped } from '../result/table.ts';
import { renderAnswers } from './answer-lines.ts';
import { boardLegend, renderBoard } from './board-text.ts';
import { clientCostLine } from './client-cost.ts';
import { goalTable } from './goals.ts';
import { headlineOf } from './headline.ts';
import { type Ink, plain } from './ink.ts';
import { describeRun } from './markdown.ts';
import { tablesOf } from './tables/index.ts';
import {
  cutSentence,
  machineSentence,
  noiseSentence,
  rateSentence,
  validitySentence,
  warnings,
} from './trust.ts';

const paragraph = (texts: readonly (string | undefined)[]): string =>
  texts
    .filter((text) => text !== undefined)
    .map((text) => wrapped(text, ''))
    .join('\n');

/**
 * The end of a run: the answer to "REST, gRPC or GraphQL?", the board, how far it can be trusted,
 * and the answer to each question. No line is longer than 100 columns.
 */
export function renderEnd(result: Result, ink: Ink = plain): string {
  const { asks, scope, sentences } = headlineOf(result);
  const inked = (style: Parameters<Ink>[0], texts: readonly string[]) =>
    texts.flatMap((text) => linesOf(text, terminalWidth)).map((line) => ink(style, line));
  const parts = [
    ...inked('yellow', warnings(result)),
    `${ink('bold', asks)}  ${scope}\n${paragraph(sentences)}`,
    [renderBoard(result, ink), ...inked('dim', boardLegend(result, ink))].join('\n'),
    paragraph([
      rateSentence(result),
      clientCostLine(result),
      `${noiseSentence(result)} ${validitySentence(result)}`,
      machineSentence(result),
      cutSentence(result),
    ]),
    renderAnswers(result, ink),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Every table, the goals, and the run and its machine. */
export const renderTables = (result: Result): string =>
  [
    ...[...tablesOf(result), goalTable(result)].map((table) => renderText(table, terminalWidth)),
    ...describeRun(result).map((line) => wrapped(line, '  ')),
    '',
    '',
  ].join('\n');

/** A line that says how to see more; empty if there is no more. */
export function moreLine(verbose: boolean, isFull: boolean): string {
  const hints = [
    ...(verbose ? [] : ['Every table: --verbose.']),
    ...(isFull ? [] : ['More questions and narrower ranges: --full.']),
  ];
  return hints.length === 0 ? '' : `${hints.join(' ')}\n`;
}
