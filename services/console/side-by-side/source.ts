import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Finds pieces of source by their names. The formatter makes indentation reliable. */

const root = join(import.meta.dirname, '../../..');

/** Some lines of a file of the repository. */
export interface Excerpt {
  readonly file: string;
  /** Of the first line, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** Finds an excerpt among lines. @returns its first line and the line after its last */
type Find = (lines: readonly string[]) => readonly [number, number] | undefined;

const indentOf = (line: string): number => line.search(/\S/);
const isBlank = (line: string | undefined): boolean => line?.trim() === '';
const closes = (line: string): boolean => /^\s*[\])}]/.test(line);

/** The line after a piece that starts at `from`: deeper lines, and the brackets that close it. */
function endOf(lines: readonly string[], from: number): number {
  const indent = indentOf(lines[from] ?? '');
  let end = from + 1;
  for (let at = end; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (isBlank(line)) continue;
    if (indentOf(line) < indent || (indentOf(line) === indent && !closes(line))) break;
    end = at + 1;
  }
  return end;
}

const startingWith =
  (pattern: RegExp, after?: RegExp): Find =>
  (lines) => {
    const base = after ? lines.findIndex((line) => after.test(line)) : 0;
    const from = lines.findIndex((line, at) => at >= base && pattern.test(line));
    return base < 0 || from < 0 ? undefined : [from, endOf(lines, from)];
  };

/** A function or a constant of a file. */
export const declaration = (name: string): Find =>
  startingWith(new RegExp(`^(export )?(async )?(const|function) ${name}\\b`));

/** A property, a method or a field of a schema, by its name; the first one after a line. */
export const entry = (name: string, after?: RegExp): Find =>
  startingWith(new RegExp(`^\\s+(async )?${name}[(:]`), after);

/** The object literal that has a line with this text. */
export const rowWith =
  (text: string): Find =>
  (lines) => {
    const at = lines.findIndex((line) => line.includes(text));
    if (at < 0) return undefined;
    const opening = lines.findLastIndex((line, index) => index <= at && /^\s*\{/.test(line));
    return [opening, endOf(lines, opening)];
  };

const texts = new Map<string, readonly string[] | undefined>();

function linesOf(file: string): readonly string[] | undefined {
  if (!texts.has(file)) {
    const path = join(root, file);
    texts.set(file, existsSync(path) ? readFileSync(path, 'utf8').split('\n') : undefined);
  }
  return texts.get(file);
}

/** Undefined if the file is not there, or has no such piece. */
export function excerptOf(file: string, find: Find): Excerpt | undefined {
  const lines = linesOf(file);
  const found = lines && find(lines);
  if (!lines || !found) return undefined;
  const [from, end] = found;
  const indent = Math.max(0, indentOf(lines[from] ?? ''));
  return {
    file,
    line: from + 1,
    lines: lines.slice(from, end).map((line) => line.slice(Math.min(indent, indentOf(line)))),
  };
}

/** The text of a file; undefined if it is not there. */
export const sourceText = (file: string): string | undefined => linesOf(file)?.join('\n');
