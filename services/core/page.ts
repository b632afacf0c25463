import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { invalid, PaymentsError } from './errors.ts';

/** One page of a list. `nextCursor` is absent on the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

export const maxPageSize = 100;
export const defaultPageSize = 20;

/** The input fields that every list operation shares. */
export const pageShape = {
  /** Maximum number of items, 1 to 100. */
  limit: z.int().min(1).max(maxPageSize).default(defaultPageSize),
  /** `nextCursor` of the page before. */
  cursor: z.string().max(512).optional(),
};

/** The position after which a page starts: sort value and id of the last row seen. */
export interface Position {
  readonly value: string | number;
  readonly id: string;
}

/** Reads `limit` rows after a position. Rows come in the order of the sort key, ties by id. */
export interface Window {
  readonly limit: number;
  readonly after?: Position | undefined;
}

/** Seals positions into opaque cursors and opens them again. */
export interface Cursors {
  /** @param binding what the cursor is valid for, as one text: operation, merchant, filter, sort */
  seal(position: Position, binding: string): string;
  /** @throws PaymentsError `validation_failed` if it was altered or belongs to another list */
  open(cursor: string, binding: string): Position;
}

export const invalidCursor = (): PaymentsError =>
  invalid({
    path: ['cursor'],
    code: 'invalid_cursor',
    message: 'expected the next cursor of a page of this same list, filter and sort',
  });

const macBytes = 16;

/**
 * Cursors with an HMAC-SHA256 over position and binding: they cannot be altered, and one taken
 * from another filter, sort or merchant is refused instead of giving a wrong page.
 */
export function createCursors(secret: Uint8Array): Cursors {
  const mac = (payload: string, binding: string): Buffer =>
    createHmac('sha256', secret)
      .update(binding)
      .update('\0')
      .update(payload)
      .digest()
      .subarray(0, macBytes);
  return {
    seal(position, binding) {
      const payload = JSON.stringify([position.value, position.id]);
      return Buffer.concat([mac(payload, binding), Buffer.from(payload)]).toString('base64url');
    },
    open(cursor, binding) {
      const bytes = Buffer.from(cursor, 'base64url');
      const payload = bytes.subarray(macBytes).toString();
      const given = bytes.subarray(0, macBytes);
      if (given.length !== macBytes || !timingSafeEqual(given, mac(payload, binding))) {
        throw invalidCursor();
      }
      const [value, id] = JSON.parse(payload) as [string | number, string];
      return { value, id };
    },
  };
}

/**
 * Maximum bytes of the items in one response, so that every client can take it: gRPC clients refuse
 * messages above 4 MiB by default.
 */
export const maxAnswerBytes = 3 * 1024 * 1024;
/** Metadata that an operation's tokens cover; each further quarter MiB takes one more token. */
const bytesPerToken = 256 * 1024;
/** Upper bound of an item's size without its metadata. */
const plainItemBytes = 3000;
/** Overhead of a pair in a protobuf map: tags and lengths. */
const plainPairBytes = 10;

interface WithMetadata {
  readonly id?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Bytes of an item's metadata in a response, at least as many as it has in protobuf. */
function bytesOf({ metadata }: WithMetadata): number {
  let bytes = 0;
  for (const name in metadata) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(metadata[name] ?? '') + plainPairBytes;
  }
  return bytes;
}

/** How many of the items, from the first on, fit into one response, and their bytes of metadata. */
function thoseThatFit(items: readonly (WithMetadata | null)[]) {
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    const more = item ? bytesOf(item) : 0;
    if (bytes + more + (index + 1) * plainItemBytes > maxAnswerBytes) return { fits: index, bytes };
    bytes += more;
  }
  return { fits: items.length, bytes };
}

/** The size of one call's output. The operation fills it in, also if it fails afterwards. */
export interface AnswerSize {
  /** Bytes of metadata, or of what counts as metadata. */
  bytes: number;
}

/** Fixed size of an item in one of many pages. */
const innerItemBytes = 640;

/** Counts the items of all pages in one response, of which there may be thousands. */
export function weighed<Pages extends readonly Page<unknown>[]>(
  size: AnswerSize,
  pages: Pages,
): Pages {
  const items = pages.reduce((sum, page) => sum + page.items.length, 0);
  size.bytes = items * innerItemBytes;
  return pages;
}

/** The rate-limit tokens that a response takes because of its size. */
export const tokensForSize = ({ bytes }: AnswerSize): number => Math.floor(bytes / bytesPerToken);

/**
 * Makes a page of rows, which were read with one row more than `limit`: that row shows whether
 * there is a next page. A page ends early, but never before its first item, if more would not fit
 * into one response.
 *
 * @param earlyCursor given if the read stopped before the end of the list: the next page starts
 *   there if `rows` do not fill this one
 * @param metadataOf returns what carries the metadata of an item. Defaults to the item itself.
 */
export function toPage<Item extends WithMetadata>(
  size: AnswerSize,
  rows: readonly Item[],
  limit: number,
  cursorOf: (last: Item) => string,
  earlyCursor?: string,
  metadataOf: (item: Item) => WithMetadata = (item) => item,
): Page<Item> {
  const { fits: count, bytes } = thoseThatFit(rows.slice(0, limit).map(metadataOf));
  const fits = Math.max(1, count);
  const items = rows.length > fits ? rows.slice(0, fits) : rows;
  const last = items.at(-1);
  const nextCursor = rows.length > fits && last ? cursorOf(last) : (earlyCursor ?? null);
  size.bytes = bytes;
  return new SealedPage(items, nextCursor, cursorOf);
}

/**
 * A page that can seal the cursors of its items. Wires send its fields; the sealer is not a field.
 */
class SealedPage<Item> implements Page<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
  readonly #cursorOf: (item: Item) => string;

  constructor(items: readonly Item[], nextCursor: string | null, cursorOf: (item: Item) => string) {
    this.items = items;
    this.hasMore = nextCursor !== null;
    this.nextCursor = nextCursor;
    this.#cursorOf = cursorOf;
  }

  cursorOf(item: Item): string {
    return this.#cursorOf(item);
  }
}

/** Returns the cursor of an item of a page that `toPage` made, whether or not a page follows. */
export function cursorOf<Item>(page: Page<Item>, item: Item): string {
  if (page instanceof SealedPage) return page.cursorOf(item);
  throw new Error('Expected a page made by toPage, got another object.');
}

/**
 * Returns the items in the order of `ids`, null for an id that was not found.
 * @throws PaymentsError `payload_too_large` if they do not fit into one response
 */
export function inOrder<Item extends WithMetadata & { readonly id: string }>(
  size: AnswerSize,
  ids: readonly string[],
  items: readonly Item[],
): readonly (Item | null)[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const ordered = ids.map((id) => byId.get(id) ?? null);
  const { fits, bytes } = thoseThatFit(ordered);
  // Items that do not fit were read as well, so they count.
  size.bytes = bytes;
  if (fits === ids.length) return ordered;
  throw new PaymentsError(
    'payload_too_large',
    `Expected ids whose answer has at most ${maxAnswerBytes} bytes, got ${ids.length};` +
      ` the first ${fits} fit.`,
    { metadata: { fits: String(fits), maxBytes: String(maxAnswerBytes) } },
  );
}
