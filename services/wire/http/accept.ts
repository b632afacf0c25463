import { type MediaType, parseMediaTypes, weightOf } from './media-type.ts';

/** How a range and a type fit: a range that names more decides (RFC 9110 §12.5.1). */
const fits = { none: 0, any: 1, group: 2, type: 3, parameters: 4 } as const;
type Fit = (typeof fits)[keyof typeof fits];

/** How welcome a media type is to a client. */
export interface Preference {
  /** The weight of the range that decides, 0 to 1; 0 if no range admits the type. */
  readonly quality: number;
  /** Where that range is in the header; -1 if there is none. */
  readonly position: number;
  /** Whether it names the type, and is no wildcard. */
  readonly isNamed: boolean;
}

/** Headers that were parsed before: clients of one kind all send the same. */
const parsed = new Map<string, readonly MediaType[]>();
const mostParsed = 100;
/** Browsers send less than 200 characters. What is longer is nobody's habit, and kilobytes here. */
const longestParsed = 512;
/** What is looked at of one header, characters. */
const longestRead = 2048;

/** As much of an `Accept` header as a client has good reason to send, in whole ranges. */
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
 * How welcome a type is, by the most specific range that admits it.
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
