/** A table, independent of the output format. */
export interface ReportTable {
  readonly title: string;
  /** A sentence or two under the title. */
  readonly lead: string;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly string[])[];
  /** Reasons, notes, floors; a line each. */
  readonly notes: readonly string[];
}

export interface ReportColumn {
  readonly head: string;
  readonly align: 'left' | 'right';
}

export const left = (head: string): ReportColumn => ({ head, align: 'left' });
export const right = (head: string): ReportColumn => ({ head, align: 'right' });

const padded = (text: string, width: number, align: ReportColumn['align']): string =>
  align === 'left' ? text.padEnd(width) : text.padStart(width);

/** Columns of a terminal, and of a log that is read beside code. */
export const terminalWidth = 100;

/** The text in lines of a width. A longer word stays whole, and so does a number with its unit. */
export function linesOf(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.match(/\S+(?: [%µ]\S*)*/g) ?? []) {
    const last = lines.at(-1);
    const joined = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || joined.length > width) lines.push(word);
    else lines[lines.length - 1] = joined;
  }
  return lines;
}

/** The text in lines that fit into a terminal, each with its indent. */
export const wrapped = (text: string, indent: string): string =>
  linesOf(text, terminalWidth - indent.length)
    .map((line) => indent + line)
    .join('\n');

/** The text, cut where the terminal ends. */
export const cut = (text: string, width = terminalWidth): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`;

const gap = '  ';

/** Columns by their place, so that those of a band fit beside each other and the first one. */
function bandsOf([first = 0, ...widths]: readonly number[], width: number): number[][] {
  const bands: number[][] = [[0]];
  let used = first;
  widths.forEach((one, at) => {
    const last = bands.at(-1);
    used += gap.length + one;
    if (last && (used <= width || last.length === 1)) last.push(at + 1);
    else {
      bands.push([0, at + 1]);
      used = first + gap.length + one;
    }
  });
  return bands;
}

/**
 * The table as text, without colours. Columns that do not fit into `width` stand below the others;
 * by default all stand in one line, which `grep` finds whole.
 */
export function renderText(
  { title, lead, columns, rows, notes }: ReportTable,
  width = Number.POSITIVE_INFINITY,
): string {
  const widths = columns.map((column, at) =>
    Math.max(column.head.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const bands = bandsOf(widths, width).map((places) => {
    const line = (texts: readonly string[]) =>
      places
        .map((at) => padded(texts[at] ?? '', widths[at] ?? 0, columns[at]?.align ?? 'left'))
        .join(gap)
        .trimEnd();
    const rule = places.map((at) => '─'.repeat(widths[at] ?? 0)).join('──');
    return [line(columns.map(({ head }) => head)), rule, ...rows.map(line)].join('\n');
  });
  return [
    wrapped(title, ''),
    ...(lead ? [wrapped(lead, gap)] : []),
    '',
    bands.join('\n\n'),
    ...notes.map((note) => wrapped(note, gap)),
    '',
  ].join('\n');
}

const cellText = (text: string): string => text.replaceAll('|', '\\|');

/** The rows of the table in Markdown, without its title. */
export function renderMarkdownRows({
  columns,
  rows,
}: Pick<ReportTable, 'columns' | 'rows'>): string {
  const line = (texts: readonly string[]) => `| ${texts.map(cellText).join(' | ')} |`;
  return [
    line(columns.map(({ head }) => head)),
    line(columns.map(({ align }) => (align === 'left' ? ':--' : '--:'))),
    ...rows.map(line),
  ].join('\n');
}

export function renderMarkdown(table: ReportTable): string {
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
