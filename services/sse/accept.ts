import { preferenceOf, rangesOf } from '../wire/http/accept.ts';

/**
 * Whether `Accept` asks for the stream instead of the list, which the same URL has as JSON. It must
 * name the stream: clients that know no streams send `*`.
 */
export function prefersEventStream(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const ranges = rangesOf(accept);
  const stream = preferenceOf(ranges, 'text/event-stream');
  const list = preferenceOf(ranges, 'application/json');
  if (!stream.isNamed || stream.quality === 0) return false;
  return !list.isNamed || stream.quality >= list.quality;
}
