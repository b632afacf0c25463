import type { IncomingMessage } from 'node:http';
import { expectedOneOf, invalid, PaymentsError, toPaymentsError } from '../core/errors.ts';
import { excerpt } from '../core/validate.ts';
import { jsonOf, readBytes } from '../wire/http/body.ts';
import { isPlain, parseMediaType } from '../wire/http/media-type.ts';
import { parseJson } from '../wire/strict-json.ts';
import type { Variables } from './cost.ts';
import { documentId as documentIdOf } from './documents.ts';

/** Requests as GraphQL over HTTP §5 shapes them, with `documentId` of its appendix A. */

/** A request as it came, its shape checked. */
export interface GraphqlRequest {
  readonly query?: string | undefined;
  /** Names a document that the server knows: `sha256:` and its hash in hex. */
  readonly documentId?: string | undefined;
  /** SHA-256 of a document's text, in hex; beside `query`, of its own text. */
  readonly hash?: string | undefined;
  readonly operationName?: string | undefined;
  readonly variables?: Variables | undefined;
}

const parameters: ReadonlySet<string> = new Set([
  'query',
  'documentId',
  'operationName',
  'variables',
  'extensions',
]);

const wrongType = (place: string | readonly string[], expected: string) =>
  invalid({
    path: typeof place === 'string' ? [place] : place,
    code: 'invalid_type',
    message: `expected ${expected}`,
  });

function textIn(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrongType(name, 'a text');
  return value;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function objectIn(body: Readonly<Record<string, unknown>>, name: string) {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw wrongType(name, 'an object');
  return value;
}

/** `extensions.persistedQuery`, as Apollo's clients name a document by the hash of its text. */
function hashIn(extensions: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const persisted = extensions?.persistedQuery;
  if (persisted === undefined || persisted === null) return undefined;
  const place = ['extensions', 'persistedQuery'];
  if (!isObject(persisted)) throw wrongType(place, 'an object');
  const { version, sha256Hash } = persisted;
  if (version !== 1) throw wrongType([...place, 'version'], 'version 1');
  if (typeof sha256Hash !== 'string') throw wrongType([...place, 'sha256Hash'], 'a text');
  return sha256Hash;
}

/** The request in a parsed JSON body. @throws PaymentsError `validation_failed` */
export function requestIn(body: unknown): GraphqlRequest {
  if (Array.isArray(body)) throw wrongType('body', 'one request, not a batch');
  if (!isObject(body)) throw wrongType('body', 'an object');
  for (const name of Object.keys(body)) {
    if (parameters.has(name)) continue;
    const message = expectedOneOf([...parameters], excerpt(name));
    throw invalid({ path: [name], code: 'unknown_field', message });
  }
  // graphql-transport-ws requires a query, so an empty one counts as absent.
  const query = textIn(body, 'query') || undefined;
  const documentId = textIn(body, 'documentId');
  const hash = hashIn(objectIn(body, 'extensions'));
  if (query === undefined && documentId === undefined && hash === undefined) {
    throw wrongType('query', 'a document as text, or a documentId');
  }
  return {
    ...documentNamed(query, documentId, hash),
    // Tools send an empty name for a document without names.
    operationName: textIn(body, 'operationName') || undefined,
    variables: objectIn(body, 'variables'),
  };
}

/** Identifies the document. One that is sent and named is refused if the names differ. */
function documentNamed(
  query: string | undefined,
  documentId: string | undefined,
  hash: string | undefined,
): Pick<GraphqlRequest, 'query' | 'documentId' | 'hash'> {
  if (query === undefined) return documentId === undefined ? { hash } : { documentId };
  const own = documentId === undefined && hash === undefined ? '' : documentIdOf(query);
  if (documentId !== undefined && documentId !== own) {
    throw wrongName(['documentId'], 'the id of the query that was sent', own, documentId);
  }
  if (hash !== undefined && `sha256:${hash}` !== own) {
    const place = ['extensions', 'persistedQuery', 'sha256Hash'];
    throw wrongName(place, 'the SHA-256 of the query that was sent', own.slice(7), hash);
  }
  return { query, hash };
}

const wrongName = (path: readonly string[], what: string, own: string, got: string) =>
  invalid({
    path,
    code: 'wrong_hash',
    message: `expected ${what}, ${own}, got '${got.slice(0, 80)}'`,
  });

/** A JSON text in the parameter of this name. @throws PaymentsError `validation_failed` */
function jsonIn(name: string, text: string): unknown {
  try {
    return parseJson(text);
  } catch (thrown) {
    const { violations } = toPaymentsError(thrown).details;
    if (!violations) throw thrown;
    throw invalid(...violations.map((each) => ({ ...each, path: [name, ...each.path] })));
  }
}

/** A part of a query as it was before it was encoded (WHATWG URL §5.1). */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalid({
      path: ['url'],
      code: 'invalid_utf8',
      message: `expected percent-encoded UTF-8, got ${text.slice(0, 60)}`,
    });
  }
}

/**
 * The request in the query part of a URL; a parameter without a value is the same as absent.
 * @throws PaymentsError `validation_failed`
 */
export function requestInUrl(url: string): GraphqlRequest {
  const at = url.indexOf('?');
  const search = at < 0 ? '' : url.slice(at + 1).replace(/#.*/s, '');
  const given = new Map<string, unknown>();
  for (const pair of search.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    const text = equals < 0 ? '' : decoded(pair.slice(equals + 1));
    if (given.has(name)) {
      throw invalid({ path: [name], code: 'duplicate_name', message: 'expected it once, got two' });
    }
    const isJson = name === 'variables' || name === 'extensions';
    given.set(name, text === '' ? null : isJson ? jsonIn(name, text) : text);
  }
  return requestIn(Object.fromEntries(given));
}

/** Whether the body is declared as JSON, in UTF-8 if it names a charset. */
function isJson(contentType: string | undefined): boolean {
  if (contentType === 'application/json') return true;
  const type = contentType === undefined ? undefined : parseMediaType(contentType);
  return type !== undefined && /^application\/(?:graphql\+)?json$/.test(type.name) && isPlain(type);
}

/**
 * The request of an HTTP message, whose body is read to its end or bound and no further.
 *
 * @throws PaymentsError `method_not_allowed`, `unsupported_media_type`, `payload_too_large`,
 *   `validation_failed`
 */
export async function readRequest(incoming: IncomingMessage): Promise<GraphqlRequest> {
  const { method, headers } = incoming;
  if (method === 'GET') return requestInUrl(incoming.url ?? '');
  if (method !== 'POST') {
    throw new PaymentsError('method_not_allowed', `Expected GET or POST, got ${method}.`);
  }
  // JSON only: forms of another site, which need no preflight, cannot change anything here.
  const type = headers['content-type'];
  if (!isJson(type)) {
    throw new PaymentsError(
      'unsupported_media_type',
      `Expected a body of application/json, got ${type?.slice(0, 100) ?? 'none named'}.`,
    );
  }
  return requestIn(jsonOf(await readBytes(incoming)));
}
