import { PaymentsError } from '../core/errors.ts';
import { preferenceOf, rangesOf } from '../wire/http/accept.ts';
import type { MediaType } from '../wire/http/media-type.ts';
import type { UrlQuery } from '../wire/http/query.ts';
import { hasMessages, type Route } from './routes.ts';

export const jsonType = 'application/json';
/** RFC 9996. */
export const protobufType = 'application/protobuf';

/**
 * Whether the parameters allow this server's messages: RFC 9996 §3.1 only defines binary and
 * version 1.
 */
export function isBinary({ parameters }: MediaType): boolean {
  for (const [name, value] of parameters) {
    const fits =
      name === 'encoding'
        ? /^binary$/i.test(value)
        : name === 'version'
          ? value === '1'
          : name === 'q';
    if (!fits) return false;
  }
  return true;
}

/** A message cannot hold what `?expand=` adds, nor leave out fields. */
const offersMessages = (route: Route, { expand, fields }: UrlQuery): boolean =>
  hasMessages(route) && expand === undefined && fields === undefined;

/**
 * Chooses the content type of the response: JSON, unless the route has a message and the client
 * prefers it.
 *
 * @throws PaymentsError `not_acceptable`
 */
export function typeToAnswer(
  accept: string | undefined,
  route: Route,
  query: UrlQuery,
): typeof jsonType | typeof protobufType {
  if (accept === undefined || accept === '*/*' || accept === jsonType) return jsonType;
  const offersMessage = offersMessages(route, query);
  const ranges = rangesOf(accept);
  const json = preferenceOf(ranges, jsonType).quality;
  const message = offersMessage ? preferenceOf(ranges, protobufType, isBinary).quality : 0;
  if (message > json) return protobufType;
  if (json > 0) return jsonType;
  const offered = offersMessage ? `${jsonType} or ${protobufType}` : jsonType;
  throw new PaymentsError(
    'not_acceptable',
    `Expected an Accept that admits ${offered}, got '${accept.slice(0, 100)}'.`,
  );
}
