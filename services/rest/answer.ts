import type { Page } from '../core/page.ts';
import { bodyTag, isKnown, requireMatch } from '../wire/http/conditional.ts';
import { encodePage } from '../wire/json.ts';
import { jsonType, protobufType } from './accept.ts';
import { pick, type RestCall, type View } from './call.ts';
import { messageTag } from './etag.ts';
import { headersFor } from './headers.ts';

/**
 * How long a response may be cached (RFC 9111 §5.2.2). All belong to one merchant: never shared.
 */
export const cacheControl = {
  /** The next write may change it: cached, but revalidated every time. */
  changes: 'private, no-cache',
  /** Nothing can change it. */
  fixed: 'private, max-age=31536000, immutable',
  /** The response to a write, or a failure. */
  never: 'no-store',
} as const;

const typeOf = (call: RestCall): string => (call.toMessage ? protobufType : jsonType);

/** Core's output, as the representation that was requested. */
const bodyOf = <Output>(
  { toMessage }: RestCall,
  output: Output,
  encode: (output: Output) => unknown,
): string | Uint8Array<ArrayBuffer> =>
  toMessage ? toMessage(output) : JSON.stringify(encode(output));

/** The tag of that representation, from the tag of the JSON. */
const tagOf = ({ toMessage }: RestCall, tag: string): string => (toMessage ? messageTag(tag) : tag);

/**
 * Makes a read's response: 200 with the body, or 304 if the caller's copy is current.
 *
 * @param encode makes the JSON of core's output
 * @param options.tag of the JSON, known without it; no body is even made for a 304 then
 * @throws PaymentsError `version_mismatch` if `If-Match` names another tag
 */
export function answerRead<Output>(
  call: RestCall,
  output: Output,
  encode: (output: Output) => unknown,
  options: {
    readonly cache: string;
    readonly tag?: string | undefined;
    readonly link?: string | undefined;
  },
): Response {
  const headers = headersFor(call.caller, typeOf(call));
  headers['cache-control'] = options.cache;
  if (options.link !== undefined) headers.link = options.link;
  const body = options.tag === undefined ? bodyOf(call, output, encode) : undefined;
  const tag = options.tag === undefined ? bodyTag(body ?? '') : tagOf(call, options.tag);
  headers.etag = tag;
  const given = call.incoming.headers;
  // In this order (RFC 9110 §13.2.2).
  requireMatch(given['if-match'], tag);
  if (isKnown(given['if-none-match'], tag)) {
    delete headers['content-type'];
    return new Response(null, { status: 304, headers });
  }
  return new Response(body ?? bodyOf(call, output, encode), { status: 200, headers });
}

/**
 * Makes a write's response, with the status of its route.
 *
 * @param encode makes the JSON of core's output
 * @param options.location of what was created (RFC 9110 §10.2.2)
 * @param options.content the URL that the body is the representation of (RFC 9110 §8.7)
 * @param options.tag the entity tag of that representation as JSON
 */
export function answerWrite<Output>(
  call: RestCall,
  output: Output,
  encode: (output: Output) => unknown,
  options: {
    readonly location?: string | undefined;
    readonly content?: string | undefined;
    readonly tag?: string | undefined;
  } = {},
): Response {
  const headers = headersFor(call.caller, typeOf(call));
  headers['cache-control'] = cacheControl.never;
  if (options.location !== undefined) headers.location = options.location;
  // A replay returns the earlier output, which may differ from what the URL has now, and so from
  // its tag.
  if (!call.caller.receipt.replayed) {
    if (options.content !== undefined) headers['content-location'] = options.content;
    if (options.tag !== undefined) headers.etag = tagOf(call, options.tag);
  }
  return new Response(bodyOf(call, output, encode), { status: call.route.status, headers });
}

/** The URL of the same list from `cursor` on; from its start if omitted. */
function pageUrl(call: RestCall, parameter: string, cursor: string | null): string {
  const query = new URLSearchParams();
  for (const name in call.query) {
    const value = call.query[name];
    if (value !== undefined && name !== parameter) query.set(name, String(value));
  }
  if (cursor !== null) query.set(parameter, cursor);
  return query.size === 0 ? call.path : `${call.path}?${query}`;
}

/**
 * A page inside of another response.
 *
 * @param first the URL of the list that it is the first page of
 */
export function encodeInnerPage<Item, ItemJson extends object>(
  page: Page<Item>,
  encode: (item: Item) => ItemJson,
  first: string,
): object {
  const { nextCursor } = page;
  const cursor = `${first.includes('?') ? '&' : '?'}cursor=${nextCursor}`;
  const next = nextCursor === null ? {} : { next: first + cursor };
  return { ...encodePage(page, encode), links: { self: first, first, ...next } };
}

/**
 * A page of a list, with the next page in its `links` and in `Link` (RFC 8288).
 *
 * @param options.cursor the parameter that takes `next_cursor`
 */
export function answerPage<Item, ItemJson extends object>(
  call: RestCall,
  page: Page<Item>,
  encode: (item: Item) => ItemJson,
  view: View | undefined,
  options: { readonly cache?: string; readonly cursor?: string } = {},
): Response {
  const { cache = cacheControl.changes, cursor = 'cursor' } = options;
  const given = call.query[cursor];
  const links: Record<string, string> = {
    self: pageUrl(call, cursor, given === undefined ? null : String(given)),
    first: pageUrl(call, cursor, null),
  };
  if (page.nextCursor !== null) links.next = pageUrl(call, cursor, page.nextCursor);
  const link = Object.entries(links)
    .map(([relation, url]) => `<${url}>; rel="${relation}"`)
    .join(', ');
  const encodeItem = view ? (item: Item) => pick(encode(item), view) : encode;
  const encodeJson = () => ({ ...encodePage<Item, object>(page, encodeItem), links });
  return answerRead(call, page, encodeJson, { cache, link });
}

/** Items by their ids, in the requested order; null for an id that was not found. */
export const answerBatch = <Item, ItemJson extends object>(
  call: RestCall,
  items: readonly (Item | null)[],
  encode: (item: Item) => ItemJson,
  view: View | undefined,
): Response =>
  answerRead(
    call,
    items,
    () => ({
      data: items.map((item) => {
        if (item === null) return null;
        const json = encode(item);
        return view ? pick(json, view) : json;
      }),
    }),
    { cache: cacheControl.changes },
  );
