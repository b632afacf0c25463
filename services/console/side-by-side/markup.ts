import type { ShownLine } from './shown.ts';
import type { Excerpt } from './source.ts';

/** Text as HTML. Elements without classes keep half a megabyte of page small. */

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;' };

/** For attributes. */
export const escapeAttribute = (text: string): string =>
  text.replace(/[&<"]/g, (character) => entities[character] ?? character);

export const escapeHtml = (text: string): string =>
  text.replace(/[&<]/g, (character) => entities[character] ?? character);

const token =
  /(\/\/.*$|\/\*.*?\*\/|^\s*\*.*$|#.*$)|('(?:[^'\\]|\\.)*'|`[^`]*`)|\b(const|let|return|if|else|for|of|in|await|async|function|new|throw|try|catch|finally|typeof|import|export|type|interface|extends|readonly|as|satisfies|while|true|false|null|undefined)\b/g;

/** A line of code: comments in `i`, texts in `s`, keywords in `b`. */
export const highlighted = (line: string): string => {
  let html = '';
  let last = 0;
  for (const { 0: text, 1: comment, 2: quoted, index } of line.matchAll(token)) {
    const tag = comment ? 'i' : quoted ? 's' : 'b';
    html += `${escapeHtml(line.slice(last, index))}<${tag}>${escapeHtml(text)}</${tag}>`;
    last = index + text.length;
  }
  return html + escapeHtml(line.slice(last));
};

/** @param linkOf the address of a file of the repository */
export function excerptHtml(
  { file, line, lines }: Excerpt,
  linkOf: (file: string) => string,
  isRepeated: (line: string) => boolean,
): string {
  const code = lines
    .map((each) => (isRepeated(each) ? `<u>${highlighted(each)}</u>` : highlighted(each)))
    .join('\n');
  const shown = file.replace(/^services\//, '');
  return `<p class=f><a href="${escapeAttribute(linkOf(file))}">${escapeHtml(shown)}</a> <span>${line}</span></p><pre class=c>${code}</pre>`;
}

/** Tabs are short. */
const indentOf = (depth: number | undefined): string => '\t'.repeat(depth ?? 0);

function lineHtml({ part, hex, name, text, depth }: ShownLine, differs: boolean): string {
  const label = name === undefined ? '' : `${escapeHtml(name)}${text === '' ? '' : ': '}`;
  const bytes = hex === undefined ? '' : part === 'own' ? `${hex} ` : `<s>${hex}</s> `;
  const whole = `${label}${escapeHtml(text)}`;
  return `${indentOf(depth)}${bytes}${differs ? `<mark>${whole}</mark>` : whole}`;
}

/** Lines of a message: the protocol's own in `i`, what differs in `mark`, bytes in `s`. */
export function linesHtml(
  lines: readonly ShownLine[],
  differs: (line: ShownLine) => boolean,
): string {
  let html = '';
  let isOwn = false;
  for (const line of lines) {
    if ((line.part === 'own') !== isOwn) html += isOwn ? '</i>' : '<i>';
    isOwn = line.part === 'own';
    html += `${lineHtml(line, differs(line))}\n`;
  }
  return isOwn ? `${html}</i>` : html;
}
