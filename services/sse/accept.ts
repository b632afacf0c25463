/** The weight that `Accept` gives to a media type by its name (RFC 9110 §12.4.2). */
function weightOf(mediaType: string, accept: string): number {
  for (const part of accept.toLowerCase().split(',')) {
    const [range, ...parameters] = part.split(';').map((text) => text.trim());
    if (range !== mediaType) continue;
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return weight === undefined ? 1 : Number(weight.slice(2)) || 0;
  }
  return 0;
}

/**
 * Whether `Accept` asks for the stream rather than for the list that the same URL has as JSON. It
 * must name the stream: `*` is what clients send that have never heard of one.
 */
export function prefersEventStream(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const stream = weightOf('text/event-stream', accept);
  return stream > 0 && stream >= weightOf('application/json', accept);
}
