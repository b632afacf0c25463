import type { PageName } from '../core/operations.ts';
import { cursorOf, type Page } from '../core/page.ts';
import { type GraphqlContext, invoke, withoutNulls } from './context.ts';

export interface ConnectionArgs {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly [filter: string]: unknown;
}

/** A query for a list. */
export const connection =
  (name: PageName) => async (_root: unknown, args: ConnectionArgs, context: GraphqlContext) => {
    const page: Page<unknown> = await invoke(context, name, pageInput(args));
    return toConnection(page, args);
  };

/** The input of a list operation: `first` and `after` under core's names. */
function pageInput({ first, after, ...filter }: ConnectionArgs): Record<string, unknown> {
  return withoutNulls({ ...filter, limit: first ?? null, cursor: after ?? null });
}

/**
 * Makes a connection from a page (GraphQL Cursor Connections Specification), forwards only. Cursors
 * are core's, and each is sealed once and only if it is selected, because that costs an HMAC.
 */
export function toConnection<Item>(page: Page<Item>, { after }: ConnectionArgs) {
  const cursorAt = (index: number) => {
    let cursor: string | null | undefined;
    return () => {
      if (cursor === undefined) {
        const item = page.items.at(index);
        cursor = item === undefined ? null : cursorOf(page, item);
      }
      return cursor;
    };
  };
  return {
    nodes: page.items,
    edges: () => page.items.map((node, index) => ({ node, cursor: cursorAt(index) })),
    pageInfo: {
      hasNextPage: page.hasMore,
      // An accepted cursor is that of an item, and the item comes before this page.
      hasPreviousPage: after !== undefined && after !== null,
      startCursor: cursorAt(0),
      // A page that ended early continues after the rows that it skipped.
      endCursor: page.nextCursor ?? cursorAt(-1),
    },
  };
}
