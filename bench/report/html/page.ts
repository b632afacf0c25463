import { createHash } from 'node:crypto';
import type { Result } from '../../result/result.ts';
import { boardFile } from '../board-svg.ts';
import { script, styleSheet } from './assets.ts';
import { patternsMarkup } from './charts/looks.ts';
import { inOrder } from './contenders.ts';
import type { Contents } from './contents.ts';
import { headerMarkup } from './header.ts';
import { type KeptResult, keptResult } from './kept-result.ts';
import { escaped, prose } from './markup.ts';
import { packageJson } from './package.ts';
import { type Section, sectionsOf } from './sections.ts';
import { commandOf } from './source-code.ts';

/** Small enough for a mail or a slow connection. */
const largestPageBytes = 690_000;

const dayOf = ({ startedAt }: Result): string => startedAt.slice(0, 10);

/** The page runs the script that it was written with, and no other. */
const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Metadata for link previews: a title, a description, the picture beside the page. */
function previewMarkup({ asks, scope, sentences }: Contents['headline'], day: string): string {
  const description = [scope, ...sentences].join(' ');
  const properties: Readonly<Record<string, string>> = {
    'og:type': 'article',
    'og:site_name': 'Fivewire bench',
    'og:title': `${asks} Measured on ${day}`,
    'og:description': description,
    'og:image': boardFile,
    'og:image:alt': 'The figures of each wire as bars',
  };
  const metas = Object.entries(properties).map(
    ([name, text]) => `<meta property="${name}" content="${escaped(text)}">`,
  );
  return [`<meta name="description" content="${escaped(description)}">`, ...metas].join('\n');
}

const headMarkup = (result: Result, { headline }: Contents): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src ${hashOf(script())}; img-src data:">
<title>${escaped(headline.asks)} Fivewire bench, ${escaped(dayOf(result))}</title><link rel="icon" href="data:,">
${previewMarkup(headline, dayOf(result))}
<style>${styleSheet()}</style></head>`;

const foldedId = 'figures';

function navMarkup(sections: readonly Section[]): string {
  const shown = sections.filter(({ isFolded }) => !isFolded);
  const entries = [
    ...shown.map(({ id, title }) => ({ id, title })),
    { id: foldedId, title: 'All figures' },
    { id: 'data', title: 'Data' },
  ];
  const links = entries.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`);
  return `<nav aria-label="Sections"><p class="brand">Fivewire bench</p><ul>${links.join('')}</ul><button type="button" class="theme" hidden>Dark or light</button></nav>`;
}

const sectionMarkup = ({ id, title, lead, body }: Section): string =>
  `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${lead ? `<p class="lead">${prose(lead)}</p>` : ''}${body}</section>`;

const foldMarkup = ({ id, title, lead, body }: Section): string =>
  `<details class="fold" id="${id}"><summary><h2 class="fold-title">${title}</h2></summary>${lead ? `<p class="lead">${prose(lead)}</p>` : ''}${body}</details>`;

function mainMarkup(sections: readonly Section[]): string {
  const [shown, folded] = [false, true].map((isFolded) =>
    sections.filter((section) => (section.isFolded ?? false) === isFolded),
  );
  return `${shown?.map(sectionMarkup).join('\n')}
<div id="${foldedId}" class="folds">${folded?.map(foldMarkup).join('\n')}</div>`;
}

/** The result as a link that needs no script and no server. */
function dataMarkup(result: Result, kept: KeptResult | undefined): string {
  const section = (content: string) =>
    `<section id="data" aria-labelledby="data-title"><h2 id="data-title">Data</h2>${content}</section>`;
  if (!kept) {
    return section(
      '<p class="lead">The result of this run has no room in this page: <a href="result.json">result.json</a>, which was written beside it, has every figure of every process.</p>',
    );
  }
  const { base64, isWhole } = kept;
  const name = `fivewire-bench-${dayOf(result)}${isWhole ? '' : '-without-histograms'}.json.gz`;
  const what = isWhole
    ? 'The result of this run has every figure of every process, and every histogram.'
    : 'The result of this run has every figure of every process. Its histograms have no room in this page; `result.json`, which was written beside it, has them.';
  return section(`<p class="lead">${prose(what)}</p>
<p><a class="download" download="${name}" href="data:application/gzip;base64,${base64}">Download ${name}</a> (JSON, gzip, ${Math.round((base64.length * 3) / 4000)} kB)</p>`);
}

/** The project's name, and the command that made this report. */
function footerMarkup(result: Result): string {
  const { name, description, repository } = packageJson;
  const title = repository
    ? `<a href="${escaped(repository)}">${escaped(name)}</a>`
    : `<b>${escaped(name)}</b>`;
  return `<footer><p>${title}: ${escaped(description)}</p>
<p class="made">Made by <code class="command">${escaped(commandOf(result, result.options.only))}</code> <button type="button" class="copy" hidden>Copy</button></p></footer>`;
}

/** The page, from a result and what was computed from it. */
export function renderPage(asMeasured: Result, contents: Contents): string {
  const result = { ...asMeasured, cells: inOrder(asMeasured.cells) };
  const sections = sectionsOf(result, contents);
  const main = mainMarkup(sections);
  const before = `${headMarkup(result, contents)}<body>
<a class="skip" href="#answers">Skip to the answers</a>
${patternsMarkup(main)}
${navMarkup(sections)}
${headerMarkup(result, contents)}
<main>${main}`;
  const after = `</main>
${footerMarkup(result)}
<div id="tip" role="status" hidden></div>
<script>${script()}</script></body></html>
`;
  const room = largestPageBytes - Buffer.byteLength(before + after);
  return before + dataMarkup(result, keptResult(asMeasured, room)) + after;
}
