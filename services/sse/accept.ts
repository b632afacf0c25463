import { parseMediaTypes, weightOf } from '../wire/http/media-type.ts';

/**
 * Whether `Accept` asks for the stream rather than for the list that the same URL has as JSON. It
 * must name the stream: `*` is what clients send that have never heard of one.
 */
export function prefersEventStream(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const ranges = parseMediaTypes(accept);
  const weight = (name: string) =>
    Math.max(0, ...ranges.filter((range) => range.name === name).map(weightOf));
  const stream = weight('text/event-stream');
  return stream > 0 && stream >= weight('application/json');
}
