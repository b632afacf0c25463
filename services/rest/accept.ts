import { PaymentsError } from '../core/errors.ts';
import type { Query } from './query.ts';
import type { Route } from './routes.ts';

export const jsonType = 'application/json';
/** RFC 9996. */
export const protobufType = 'application/protobuf';

/** How well a media range fits a type of `application`, by its specificity; 0 where it does not. */
const specificity = (range: string, type: string): number =>
  range === type ? 3 : range === 'application/*' ? 2 : range === '*/*' ? 1 : 0;

/** How welcome a type is, 0 to 1: the most specific range decides (RFC 9110 §12.5.1). */
function qualityOf(accept: string, type: string): number {
  let best = 0;
  let quality = 0;
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const fit = specificity(range, type);
    if (fit <= best) continue;
    best = fit;
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    quality = weight === undefined ? 1 : Number(weight.slice(2));
  }
  return quality;
}

/** A message has no place for what `?expand=` adds, nor a way to leave out what it always has. */
const hasMessage = ({ messages }: Route, { expand, fields }: Query): boolean =>
  messages !== undefined && expand === undefined && fields === undefined;

/**
 * The type to answer with: JSON, unless the route has a message and it is the more welcome one.
 *
 * @throws PaymentsError `not_acceptable`
 */
export function typeToAnswer(
  accept: string | undefined,
  route: Route,
  query: Query,
): typeof jsonType | typeof protobufType {
  if (accept === undefined || accept === '*/*' || accept === jsonType) return jsonType;
  const offersMessage = hasMessage(route, query);
  const json = qualityOf(accept, jsonType);
  if (offersMessage && qualityOf(accept, protobufType) > json) return protobufType;
  if (json > 0) return jsonType;
  const offered = offersMessage ? `${jsonType} or ${protobufType}` : jsonType;
  throw new PaymentsError(
    'not_acceptable',
    `Expected an Accept that admits ${offered}, got '${accept.slice(0, 100)}'.`,
  );
}
