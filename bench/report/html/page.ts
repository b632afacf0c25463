import type { Result } from '../result.ts';
import { scripts, styleSheet } from './assets.ts';
import type { Contents } from './contents.ts';
import { createFrame } from './frame.ts';
import { headerMarkup } from './header.ts';
import { keptResult } from './kept-result.ts';
import { escaped, prose, scriptJson } from './markup.ts';
import { rawTables } from './raw-tables.ts';
import { sectionsOf } from './sections.ts';

/** The page, from a result and what was computed from it. */
export function renderPage(result: Result, contents: Contents): string {
  const kept = keptResult(result);
  const frame = createFrame(result, kept.whole);
  const sections = sectionsOf(result, contents, frame);
  const raw = Object.fromEntries(
    [...frame.scenarios].map((scenario) => [scenario, rawTables(result, scenario)]),
  );
  const view = { drawings: frame.drawings, raw, whole: kept.whole };
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>Fivewire bench, ${escaped(result.startedAt.slice(0, 10))}</title><link rel="icon" href="data:,">
<style>${styleSheet()}</style></head><body>
<a class="skip" href="#answers">Skip to the answers</a>
${headerMarkup(result, contents)}
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => `<li><a href="#${id}">${title.split(',')[0]}</a></li>`).join('')}</ul><button type="button" class="theme">Dark or light</button></nav>
<main>${sections.map(({ id, title, lead, body }) => `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${lead ? `<p class="lead">${prose(lead)}</p>` : ''}${body}</section>`).join('\n')}</main>
<div id="tip" role="status" hidden></div>
<script type="application/json" id="view">${scriptJson(view).replaceAll('`', '')}</script>
<script type="text/plain" id="result">${kept.base64}</script>
${scripts()
  .map((script) => `<script>${script}</script>`)
  .join('\n')}
</body></html>
`;
}
