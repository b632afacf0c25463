import type { ReportColumn, ReportTable } from '../../result/table.ts';

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

/** Aligns numbers right; a cell is aligned left by default. */
const alignOf = (column: ReportColumn | undefined): string =>
  column?.align === 'left' ? ' class="left"' : '';

/** A table that scrolls by itself on a narrow page. */
export function tableMarkup({ title, columns, rows }: ReportTable): string {
  // An empty cell is no head, such as the corner over the names of the rows.
  const heads = columns.map((column) =>
    column.head === ''
      ? '<td></td>'
      : `<th scope="col"${alignOf(column)}>${prose(column.head)}</th>`,
  );
  const lines = rows.map((row) => {
    const cells = row.map((text, at) => {
      const [element, scope] = at === 0 && text !== '' ? ['th', ' scope="row"'] : ['td', ''];
      return `<${element}${scope}${alignOf(columns[at])}>${prose(text)}</${element}>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(title)}"><table><caption>${prose(title)}</caption><thead><tr>${heads.join('')}</tr></thead><tbody>${lines.join('\n')}</tbody></table></div>`;
}

export const list = (texts: readonly string[]): string =>
  texts.length === 0
    ? ''
    : `<ul class="notes">${texts.map((text) => `<li>${prose(text)}</li>`).join('')}</ul>`;
