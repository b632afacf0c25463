import { PaymentsError } from '../core/errors.ts';
import { type MediaType, parseMediaTypes, weightOf } from '../wire/http/media-type.ts';
import type { Query } from './query.ts';
import type { Route } from './routes.ts';

export const jsonType = 'application/json';
/** RFC 9996. */
export const protobufType = 'application/protobuf';

/**
 * Whether parameters leave a message to be what it is here: binary and version 1 are all that
 * RFC 9996 §3.1 knows.
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

/** How well a range fits a type, by its specificity (RFC 9110 §12.5.1); 0 where it does not. */
function specificity(range: MediaType, type: string): number {
  if (range.name === '*/*') return 1;
  if (range.name === 'application/*') return 2;
  if (range.name !== type) return 0;
  // JSON has no parameters (RFC 8259 §11), but those of a message say how it is written.
  if (type === protobufType && !isBinary(range)) return 0;
  const narrowing = range.parameters.size - (range.parameters.has('q') ? 1 : 0);
  return narrowing === 0 ? 3 : 4;
}

/** How welcome a type is, 0 to 1: the most specific range decides. */
function qualityOf(ranges: readonly MediaType[], type: string): number {
  let best = 0;
  let quality = 0;
  for (const range of ranges) {
    const fit = specificity(range, type);
    if (fit <= best) continue;
    best = fit;
    quality = weightOf(range);
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
  const ranges = parseMediaTypes(accept);
  const json = qualityOf(ranges, jsonType);
  if (offersMessage && qualityOf(ranges, protobufType) > json) return protobufType;
  if (json > 0) return jsonType;
  const offered = offersMessage ? `${jsonType} or ${protobufType}` : jsonType;
  throw new PaymentsError(
    'not_acceptable',
    `Expected an Accept that admits ${offered}, got '${accept.slice(0, 100)}'.`,
  );
}
