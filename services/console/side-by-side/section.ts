import type { Wire } from '../../config.ts';
import {
  absenceOf,
  type ComparedCall,
  callsOf,
  comparedWires,
  comparedNames as names,
  summaryOf,
  wireLabels,
} from './compared.ts';
import { type ComparedName, coreExcerpt, type Found, wireExcerpts } from './excerpts.ts';
import { differing, repeated } from './marks.ts';
import { escapeHtml, excerptHtml, linesHtml } from './markup.ts';
import type { Measured, MeasuredCall } from './measured.ts';
import type { ShownMessage } from './shown.ts';

/** One operation, a column per wire: figures, code, request, response and errors. */

export interface SectionContext {
  /** The address of a file of the repository. */
  readonly linkOf: (file: string) => string;
  readonly measured: Measured | undefined;
}

type Calls = ReadonlyMap<Wire, ComparedCall>;

const bytesText = (bytes: number): string => `${bytes.toLocaleString('en')} B`;

/** At most three digits, because the ranges show that more would mean nothing. */
const rounded = (value: number): string =>
  value < 100 ? value.toPrecision(2) : Number(value.toPrecision(3)).toLocaleString('en');

/** Number of widths that a bar can have; the style has a class for each. */
export const barSteps = 20;

/** A bar beside those of the other columns. */
const bar = (value: number, most: number): string =>
  `<div class="b p${Math.max(1, Math.round((barSteps * value) / most))}"></div>`;

const cell = (wire: Wire, content: string): string =>
  `<div class="w ${wire}"><h4>${wireLabels[wire]}</h4>${content}</div>`;

const row = (cells: readonly string[]): string =>
  `<div class="r n${cells.length}">${cells.join('')}</div>`;

function figureHtml(call: MeasuredCall | undefined, most: number): string {
  if (!call?.cpuMicros) return '<p class=e>Not measured.</p>';
  const { cpuMicros, sentBytes, receivedBytes } = call;
  const { value, low, high } = cpuMicros;
  const bytes =
    sentBytes === null || receivedBytes === null
      ? ''
      : `<p class=e>${bytesText(sentBytes)} sent, ${bytesText(receivedBytes)} received</p>`;
  return `<p class=z>${rounded(value)} µs</p>${bar(value, most)}<p class=e>${rounded(low)} to ${rounded(high)} µs</p>${bytes}`;
}

function figuresHtml(name: ComparedName, wires: readonly Wire[], measured?: Measured): string {
  const operation = measured?.calls[name];
  if (!operation) return '';
  const { what, byWire } = operation;
  const most = Math.max(...wires.map((wire) => byWire[wire]?.cpuMicros?.value ?? 0));
  const cells = wires.map((wire) => cell(wire, figureHtml(byWire[wire], most)));
  return `<h3>Server CPU of ${what}</h3>${row(cells)}`;
}

const codeHtml = (
  found: readonly Found[],
  { linkOf }: SectionContext,
  isRepeated: (line: string) => boolean,
): string =>
  found
    .map((one) =>
      'excerpt' in one
        ? excerptHtml(one.excerpt, linkOf, isRepeated)
        : `<p class=e>Not found: ${escapeHtml(one.missing)}.</p>`,
    )
    .join('');

function sideHtml(calls: Calls, side: keyof ComparedCall): string {
  const messages = new Map<Wire, ShownMessage>(
    [...calls].map(([wire, call]) => [wire, call[side]]),
  );
  const differs = differing([...messages.values()].map(({ lines }) => lines));
  const most = Math.max(...[...messages.values()].map(({ bytes }) => bytes));
  const cells = [...messages].map(([wire, { bytes, lines, notes }]) => {
    const note = notes.map((each) => `<p class=e>${escapeHtml(each)}</p>`).join('');
    const head = `<p class=z>${bytesText(bytes)}</p>${bar(bytes, most)}`;
    return cell(wire, `${head}<pre>${linesHtml(lines, differs)}</pre>${note}`);
  });
  return row(cells);
}

/** Errors of calls that are the successful one with another key. */
const byKey: Readonly<Record<string, string>> = {
  unauthenticated: 'an unknown key',
  permission_denied: 'a key that may only read',
  rate_limited: 'a key that has no tokens left',
};

function errorHtml(code: string, calls: Calls): string {
  const outcomes = [...calls].map(([wire, { response }]) =>
    cell(
      wire,
      `<p>${escapeHtml(response.outcome ?? 'The stream ends.')}</p><p class=z>${bytesText(response.bytes)}</p>`,
    ),
  );
  const key = byKey[code];
  const request = key
    ? `<p>The request is the one above, with ${key}.</p>`
    : `<h3>Request</h3>${sideHtml(calls, 'request')}`;
  return `<details class=x><summary><code>${code}</code>${row(outcomes)}</summary>${request}<h3>Response</h3>${sideHtml(calls, 'response')}</details>`;
}

/** The first operation whose captures have the errors that every operation can have. */
const complete = names.find((name) => {
  const calls = callsOf(name);
  return Object.keys(byKey).every((code) => calls?.has(code));
});

const everywhere = `<p class=e>Every operation can also end in ${Object.keys(byKey)
  .map((code) => `<code>${code}</code>`)
  .join(', ')}; <a href="#${complete}">${complete}</a> shows how.</p>`;

function callsHtml(name: ComparedName): string {
  const calls = callsOf(name);
  const ok = calls?.get('ok');
  if (!calls || !ok) return '<p class=e>The captures are not part of this installation.</p>';
  const errors = [...calls].filter(([end]) => end !== 'ok');
  const hasAll = Object.keys(byKey).every((code) => calls.has(code));
  const errorsHtml = errors.map(([code, one]) => errorHtml(code, one)).join('');
  return `<h3>Request</h3>${sideHtml(ok, 'request')}<h3>Response</h3>${sideHtml(ok, 'response')}<h3>Errors</h3>${errorsHtml}${hasAll ? '' : everywhere}`;
}

export function sectionHtml(name: ComparedName, context: SectionContext): string {
  const present = comparedWires.filter((wire) => absenceOf(name, wire) === undefined);
  const absent = comparedWires.flatMap((wire) => {
    const why = absenceOf(name, wire);
    return why === undefined ? [] : [`<p class="a ${wire}">${why}</p>`];
  });
  const code = present.map((wire) => ({ wire, found: wireExcerpts(name, wire) }));
  const isRepeated = repeated(
    code.map(({ found }) => found.flatMap((one) => ('excerpt' in one ? one.excerpt.lines : []))),
  );
  const core = coreExcerpt(name);
  const coreHtml = core
    ? `<details class=k><summary>What every wire calls, in the core</summary>${codeHtml([core], context, () => false)}</details>`
    : '';
  const cells = code.map(({ wire, found }) => cell(wire, codeHtml(found, context, isRepeated)));
  return `<section id=${name} aria-label=${name}><h2>${name}</h2><p>${summaryHtml(name)}</p>${absent.join('')}${figuresHtml(name, present, context.measured)}<h3>Code</h3>${coreHtml}${row(cells)}${callsHtml(name)}</section>`;
}

const summaryHtml = (name: ComparedName): string =>
  escapeHtml(summaryOf(name)).replace(/`([^`]+)`/g, '<code>$1</code>');
