import { invalid } from '../core/errors.ts';
import type { GraphqlRequest } from './execution.ts';

/** Requests as GraphQL over HTTP §5 shapes them, with `documentId` of its appendix A. */

const parameters: ReadonlySet<string> = new Set([
  'query',
  'documentId',
  'operationName',
  'variables',
  'extensions',
]);

const fault = (name: string, expected: string) =>
  invalid({ path: [name], code: 'invalid_type', message: `expected ${expected}` });

function textIn(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw fault(name, 'a text');
  return value;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function objectIn(body: Readonly<Record<string, unknown>>, name: string) {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw fault(name, 'an object');
  return value;
}

/** `extensions.persistedQuery.sha256Hash`, as Apollo's clients name a document. */
function hashIn(extensions: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const persisted = extensions?.persistedQuery;
  const digest = isObject(persisted) ? persisted.sha256Hash : undefined;
  return typeof digest === 'string' ? `sha256:${digest}` : undefined;
}

/** The request in a parsed JSON body. @throws PaymentsError `validation_failed` */
export function requestIn(body: unknown): GraphqlRequest {
  if (Array.isArray(body)) throw fault('body', 'one request, not a batch');
  if (!isObject(body)) throw fault('body', 'an object');
  for (const name of Object.keys(body)) {
    if (!parameters.has(name)) throw fault(name, 'no such parameter');
  }
  const query = textIn(body, 'query');
  const documentId = textIn(body, 'documentId') ?? hashIn(objectIn(body, 'extensions'));
  if (query === undefined && documentId === undefined) {
    throw fault('query', 'a document as text, or a documentId');
  }
  return {
    query,
    documentId,
    // Tools send an empty name for a document without names.
    operationName: textIn(body, 'operationName') || undefined,
    variables: objectIn(body, 'variables'),
  };
}

/** JSON, or undefined for what is not. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The request in the query part of a URL; a parameter without a value is the same as absent.
 * @throws PaymentsError `validation_failed`
 */
export function requestInUrl(url: string): GraphqlRequest {
  const at = url.indexOf('?');
  const search = new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
  const body = Object.fromEntries(
    [...search].map(([name, text]): [string, unknown] => {
      if (text === '') return [name, null];
      if (name !== 'variables' && name !== 'extensions') return [name, text];
      const value = parseJson(text);
      if (value === undefined) throw fault(name, 'JSON');
      return [name, value];
    }),
  );
  return requestIn(body);
}
