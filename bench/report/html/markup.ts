import type { Table } from '../../result/table.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text as it may stand in an element or in a quoted attribute. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => entities[letter] ?? letter);

/** Text with its `code` in backticks marked up. */
export const prose = (text: string): string =>
  escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');

/** JSON that may stand in a script element: nothing in it ends the element. */
export const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll('<', '\\u003c');

/** A table that scrolls by itself where the page is narrow. */
export function tableMarkup({ title, columns, rows }: Table): string {
  const heads = columns.map(
    ({ head, align }) => `<th scope="col" class="${align}">${prose(head)}</th>`,
  );
  const lines = rows.map((row) => {
    const cells = row.map((text, at) => {
      const align = columns[at]?.align ?? 'left';
      return at === 0
        ? `<th scope="row" class="${align}">${prose(text)}</th>`
        : `<td class="${align}">${prose(text)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(title)}"><table><caption>${prose(title)}</caption><thead><tr>${heads.join('')}</tr></thead><tbody>${lines.join('\n')}</tbody></table></div>`;
}

export const list = (texts: readonly string[]): string =>
  texts.length === 0
    ? ''
    : `<ul class="notes">${texts.map((text) => `<li>${prose(text)}</li>`).join('')}</ul>`;
