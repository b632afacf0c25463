import type { Result } from '../../result/result.ts';
import { scripts, styleSheet } from './assets.ts';
import { inOrder } from './contenders.ts';
import type { Contents } from './contents.ts';
import { createFrame } from './frame.ts';
import { headerMarkup } from './header.ts';
import { keptResult } from './kept-result.ts';
import { escaped, prose, scriptJson } from './markup.ts';
import { rawTables } from './raw-tables.ts';
import { type Section, sectionsOf } from './sections.ts';

/** Somebody has to load it over a telephone, or open it from a mail. */
const largestPageBytes = 1_990_000;

const headMarkup = (result: Result): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>Fivewire bench, ${escaped(result.startedAt.slice(0, 10))}</title><link rel="icon" href="data:,">
<style>${styleSheet()}</style></head>`;

const navMarkup = (sections: readonly Section[]): string => {
  const links = sections.map(
    ({ id, title }) => `<li><a href="#${id}">${title.split(',')[0]}</a></li>`,
  );
  return `<nav aria-label="Sections"><ul>${links.join('')}</ul><button type="button" class="theme">Dark or light</button></nav>`;
};

const sectionMarkup = ({ id, title, lead, body }: Section): string =>
  `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${lead ? `<p class="lead">${prose(lead)}</p>` : ''}${body}</section>`;

/** The page, from a result and what was computed from it. */
export function renderPage(asMeasured: Result, contents: Contents): string {
  const result = { ...asMeasured, cells: inOrder(asMeasured.cells) };
  const frame = createFrame(result);
  const sections = sectionsOf(result, contents, frame);
  const raw = Object.fromEntries(
    [...frame.scenarios].map((scenario) => [scenario, rawTables(result, scenario)]),
  );
  // Labels have the marks of Markdown in them, which no picture shows.
  const view = scriptJson({ drawings: frame.drawings, raw }).replaceAll('`', '');
  const before = `${headMarkup(result)}<body>
<a class="skip" href="#answers">Skip to the answers</a>
${headerMarkup(result, contents)}
${navMarkup(sections)}
<main>${sections.map(sectionMarkup).join('\n')}</main>
<div id="tip" role="status" hidden></div>
<script type="application/json" id="view">${view}</script>`;
  const after = scripts().map((script) => `<script>${script}</script>`);
  const room = largestPageBytes - Buffer.byteLength(before + after.join('\n'));
  const { base64, isWhole } = keptResult(asMeasured, room);
  const kept = `<script type="text/plain" id="result" data-whole="${isWhole}">${base64}</script>`;
  return [before, kept, ...after, '</body></html>', ''].join('\n');
}
