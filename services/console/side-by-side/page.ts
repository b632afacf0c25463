import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparedNames, comparedWires, groups, wireLabels } from './compared.ts';
import { escapeAttribute, escapeHtml } from './markup.ts';
import { readMeasured } from './measured.ts';
import { barSteps, sectionHtml } from './section.ts';

/** The page that shows every operation on every wire, side by side, without a script. */

export interface SideBySideOptions {
  /** The address of a file of the repository. Defaults to its path from a folder of results. */
  readonly linkOf?: (file: string) => string;
  /** The page that this one belongs to. Defaults to the report beside it. */
  readonly back?: { readonly href: string; readonly text: string };
}

const navHtml = (): string =>
  groups
    .map(
      ({ label, names }) =>
        `<p><span>${label}</span> ${names.map((name) => `<a href="#${name}">${name}</a>`).join(' ')}</p>`,
    )
    .join('');

/** Highlights the picked operation. A style can do so only by its id. */
function pickedCss(): string {
  const [first = ''] = comparedNames;
  const picked = comparedNames.map((name) => `body:has(#${name}:target) nav a[href="#${name}"]`);
  return `body:not(:has(section:target)) nav a[href="#${first}"],${picked.join(',')}{background:var(--ink);color:var(--page)}`;
}

/** Widths as classes: the policy of the page allows no styles in elements. */
const barsCss = (): string =>
  Array.from(
    { length: barSteps },
    (_, at) => `.p${at + 1}{width:${(100 * (at + 1)) / barSteps}%}`,
  ).join('');

/** Which wire a narrow screen shows. */
const tabsHtml = (): string =>
  comparedWires
    .map(
      (wire, at) =>
        `<input type=radio name=wire id=pick-${wire}${at === 0 ? ' checked' : ''}><label for=pick-${wire} class=${wire}>${wireLabels[wire]}</label>`,
    )
    .join('');

const css = (): string =>
  `${readFileSync(join(import.meta.dirname, 'page.css'), 'utf8')}${barsCss()}${pickedCss()}`;

/** The policy of the page, which allows only its own style. */
const policyOf = (style: string): string =>
  `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; base-uri 'none'; form-action 'none'`;

const legend =
  '<p class=l><i>Grey</i> text belongs to the protocol (framing, headers, connections) or, in code, is a line that another wire has too. <mark>Marked</mark> text is in no other column. JSON is indented here; on the wire it is one line. A protobuf field shows its first bytes, its number and its name.</p>';

const report = { href: 'report.html', text: 'Report' };

/** The whole page, which loads nothing. */
export function renderSideBySide(options: SideBySideOptions = {}): string {
  const { linkOf = (file) => `../../../${file}`, back = report } = options;
  const measured = readMeasured();
  const style = css();
  const figures = measured
    ? ` Figures are those of <a href="${escapeAttribute(linkOf(measured.source))}">the committed run</a>: ${escapeHtml(measured.where)}.`
    : '';
  const about = `${comparedNames.length} operations on five wires: code, request, response and errors.`;
  return `<!doctype html><html lang=en><head><meta charset=utf-8><title>Fivewire, side by side</title><meta name=viewport content="width=device-width,initial-scale=1"><meta name=description content="${about}"><meta http-equiv=Content-Security-Policy content="${policyOf(style)}"><style>${style}</style></head><body><header><a class=back href="${back.href}">${back.text}</a><h1>One operation, five wires</h1><p>The code, the bytes on the wire and each error, next to each other.${figures}</p></header><nav aria-label=Operations>${navHtml()}</nav><fieldset><legend>Wire</legend>${tabsHtml()}</fieldset>${legend}<main>${comparedNames.map((name) => sectionHtml(name, { linkOf, measured })).join('')}</main></body></html>
`;
}
