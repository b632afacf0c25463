import { preferenceOf, rangesOf } from '../wire/http/accept.ts';
import { isPlain } from '../wire/http/media-type.ts';

/** The media types of a response that is not a stream (GraphQL over HTTP §4). */
export type ResponseType = 'application/json' | 'application/graphql-response+json';

/** The media types that a client accepts. */
export interface Accepted {
  /** The preferred one of both; undefined if the client accepts neither. */
  readonly json: ResponseType | undefined;
  /** Whether it asks for event streams by name. */
  readonly streams: boolean;
}

/** Reads an `Accept` header: by q-values, and among equal types the first one. */
export function acceptedBy(header: string | undefined): Accepted {
  if (header === undefined) return { json: 'application/json', streams: false };
  const ranges = rangesOf(header).filter(isPlain);
  const json = preferenceOf(ranges, 'application/json');
  const graphql = preferenceOf(ranges, 'application/graphql-response+json');
  const stream = preferenceOf(ranges, 'text/event-stream');
  const isBetter =
    graphql.quality > json.quality ||
    (graphql.quality === json.quality && graphql.position < json.position);
  const best: ResponseType = isBetter ? 'application/graphql-response+json' : 'application/json';
  return {
    json: Math.max(graphql.quality, json.quality) > 0 ? best : undefined,
    streams: stream.isNamed && stream.quality > 0,
  };
}
