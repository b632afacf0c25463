import { type ASTNode, type DocumentNode, Kind, type SourceLocation, visit } from 'graphql';

/** Finds where a node begins in its document's text. */
export type Places = (node: ASTNode) => SourceLocation | undefined;

/**
 * Removes text and tokens from a syntax tree, and finds where its nodes begin. With them, each
 * error for a node would scan the text for its line, and the tree would hold an object for each
 * token of its text, comments included.
 */
export function takePlaces(document: DocumentNode, text: string): Places {
  const starts = new Map<ASTNode, number>();
  visit(document, {
    enter(node) {
      // Errors concern nodes that have names, not the names.
      if (node.loc && node.kind !== Kind.NAME) starts.set(node, node.loc.start);
      Object.assign(node, { loc: undefined });
    },
  });
  let lines: readonly number[] | undefined;
  return (node) => {
    const start = starts.get(node);
    if (start === undefined) return undefined;
    lines ??= lineStartsOf(text);
    let line = lines.length;
    while (line > 1 && (lines[line - 1] ?? 0) > start) line -= 1;
    return { line, column: start - (lines[line - 1] ?? 0) + 1 };
  };
}

/** The line terminators of GraphQL §2.1.2. */
const lineEnds = /\r\n|[\n\r]/g;

const lineStartsOf = (text: string): readonly number[] => [
  0,
  ...[...text.matchAll(lineEnds)].map((end) => end.index + end[0].length),
];

/** How many lines a text has; stops counting at `most`. */
export function countLines(text: string, most: number): number {
  let lines = 1;
  for (const _end of text.matchAll(lineEnds)) {
    lines += 1;
    if (lines >= most) break;
  }
  return lines;
}
