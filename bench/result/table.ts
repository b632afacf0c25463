/** A table before it is known where it is shown. */
export interface Table {
  readonly title: string;
  /** A sentence or two under the title. */
  readonly lead: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** Reasons, notes, floors; a line each. */
  readonly notes: readonly string[];
}

export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
}

export const left = (head: string): Column => ({ head, align: 'left' });
export const right = (head: string): Column => ({ head, align: 'right' });

const padded = (text: string, width: number, align: Column['align']): string =>
  align === 'left' ? text.padEnd(width) : text.padStart(width);

/** The table for a terminal: fixed width, no colours, so that a log holds it too. */
export function renderText({ title, lead, columns, rows, notes }: Table): string {
  const widths = columns.map((column, at) =>
    Math.max(column.head.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (texts: readonly string[]) =>
    columns
      .map((column, at) => padded(texts[at] ?? '', widths[at] ?? 0, column.align))
      .join('  ')
      .trimEnd();
  return [
    title,
    ...(lead ? [`  ${lead}`] : []),
    '',
    line(columns.map(({ head }) => head)),
    widths.map((width) => '─'.repeat(width)).join('──'),
    ...rows.map(line),
    ...notes.map((note) => `  ${note}`),
    '',
  ].join('\n');
}

const cellText = (text: string): string => text.replaceAll('|', '\\|');

/** The rows of the table in Markdown, without its title. */
export function renderMarkdownRows({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const line = (texts: readonly string[]) => `| ${texts.map(cellText).join(' | ')} |`;
  return [
    line(columns.map(({ head }) => head)),
    line(columns.map(({ align }) => (align === 'left' ? ':--' : '--:'))),
    ...rows.map(line),
  ].join('\n');
}

export function renderMarkdown(table: Table): string {
  const { title, lead, notes } = table;
  return [
    `## ${title}`,
    '',
    ...(lead ? [lead, ''] : []),
    renderMarkdownRows(table),
    '',
    ...notes.map((note) => `- ${note}`),
    ...(notes.length > 0 ? [''] : []),
  ].join('\n');
}
