import { type MediaType, parseMediaTypes, weightOf } from './media-type.ts';

/** How a range matches a type: the most specific range decides (RFC 9110 §12.5.1). */
const fits = { none: 0, any: 1, group: 2, type: 3, parameters: 4 } as const;
type Fit = (typeof fits)[keyof typeof fits];

/** A client's preference for a media type. */
export interface Preference {
  /** The weight of the deciding range, 0 to 1; 0 if no range matches the type. */
  readonly quality: number;
  /** The index of that range in the header; -1 if no range matches. */
  readonly position: number;
  /** Whether the range names the type without a wildcard. */
  readonly isNamed: boolean;
}

/** Headers that were parsed before: all clients of one kind send the same. */
const parsed = new Map<string, readonly MediaType[]>();
const mostParsed = 100;
/** Maximum length of a remembered header: browsers send less than 200 characters. */
const longestParsed = 512;
/** Maximum characters of one header that are read. */
const longestRead = 2048;

/** Cuts an `Accept` header to its first whole ranges, if it is longer than clients need. */
export const readable = (accept: string): string =>
  accept.length <= longestRead
    ? accept
    : accept.slice(0, Math.max(0, accept.lastIndexOf(',', longestRead)));

/** The media ranges of an `Accept` header. */
export function rangesOf(accept: string): readonly MediaType[] {
  if (accept.length > longestParsed) return parseMediaTypes(readable(accept));
  let ranges = parsed.get(accept);
  if (!ranges) {
    if (parsed.size === mostParsed) parsed.clear();
    ranges = parseMediaTypes(accept);
    parsed.set(accept, ranges);
  }
  return ranges;
}

function fitOf(range: MediaType, type: string, allows: (range: MediaType) => boolean): Fit {
  if (range.name === '*/*') return fits.any;
  if (range.name === `${type.split('/', 1)[0]}/*`) return fits.group;
  if (range.name !== type || !allows(range)) return fits.none;
  const narrowing = range.parameters.size - (range.parameters.has('q') ? 1 : 0);
  return narrowing === 0 ? fits.type : fits.parameters;
}

/**
 * Returns the preference for a type, by the most specific range that matches it.
 *
 * @param allows whether a range that names the type means it, by its parameters. Defaults to any.
 */
export function preferenceOf(
  ranges: readonly MediaType[],
  type: string,
  allows: (range: MediaType) => boolean = () => true,
): Preference {
  let best: Fit = fits.none;
  let quality = 0;
  let position = -1;
  for (const [at, range] of ranges.entries()) {
    const fit = fitOf(range, type, allows);
    if (fit <= best) continue;
    best = fit;
    quality = weightOf(range);
    position = at;
  }
  return { quality, position, isNamed: best >= fits.type };
}
