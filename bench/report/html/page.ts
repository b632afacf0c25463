import { createHash } from 'node:crypto';
import type { Result } from '../../result/result.ts';
import { script, styleSheet } from './assets.ts';
import { patternsMarkup } from './charts/looks.ts';
import { inOrder } from './contenders.ts';
import type { Contents } from './contents.ts';
import { headerMarkup } from './header.ts';
import { type KeptResult, keptResult } from './kept-result.ts';
import { escaped, prose } from './markup.ts';
import { type Section, sectionsOf } from './sections.ts';

/** Small enough for a mail or a slow connection. */
const largestPageBytes = 690_000;

const dayOf = ({ startedAt }: Result): string => startedAt.slice(0, 10);

/** The page runs the script that it was written with, and no other. */
const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const headMarkup = (result: Result): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src ${hashOf(script())}; img-src data:">
<title>Fivewire bench, ${escaped(dayOf(result))}</title><link rel="icon" href="data:,">
<style>${styleSheet()}</style></head>`;

const navMarkup = (sections: readonly Pick<Section, 'id' | 'title'>[]): string => {
  const links = sections.map(
    ({ id, title }) => `<li><a href="#${id}">${title.split(',')[0]}</a></li>`,
  );
  return `<nav aria-label="Sections"><ul>${links.join('')}</ul><button type="button" class="theme" hidden>Dark or light</button></nav>`;
};

const sectionMarkup = ({ id, title, lead, body }: Section): string =>
  `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${lead ? `<p class="lead">${prose(lead)}</p>` : ''}${body}</section>`;

/** All figures of every process, as a link that needs no script and no server. */
function dataMarkup(result: Result, { base64, isWhole }: KeptResult): string {
  const name = `fivewire-bench-${dayOf(result)}${isWhole ? '' : '-without-histograms'}.json.gz`;
  const what = isWhole
    ? 'The result of this run has every figure of every process, and every histogram.'
    : 'The result of this run has every figure of every process. Its histograms have no room in this page; `result.json`, which was written beside it, has them.';
  return `<section id="data" aria-labelledby="data-title"><h2 id="data-title">Data</h2><p class="lead">${prose(what)}</p>
<p><a class="download" download="${name}" href="data:application/gzip;base64,${base64}">Download ${name}</a> (JSON, gzip, ${Math.round((base64.length * 3) / 4000)} kB)</p></section>`;
}

/** The page, from a result and what was computed from it. */
export function renderPage(asMeasured: Result, contents: Contents): string {
  const result = { ...asMeasured, cells: inOrder(asMeasured.cells) };
  const sections = sectionsOf(result, contents);
  const main = sections.map(sectionMarkup).join('\n');
  const before = `${headMarkup(result)}<body>
<a class="skip" href="#answers">Skip to the answers</a>
${patternsMarkup(main)}
${headerMarkup(result, contents)}
${navMarkup([...sections, { id: 'data', title: 'Data' }])}
<main>${main}`;
  const after = `</main>
<div id="tip" role="status" hidden></div>
<script>${script()}</script></body></html>
`;
  const room = largestPageBytes - Buffer.byteLength(before + after);
  return before + dataMarkup(result, keptResult(asMeasured, room)) + after;
}
