import { isPlain, parseMediaTypes, weightOf } from '../wire/http/media-type.ts';

/** The media types of an answer that is not a stream (GraphQL over HTTP §4). */
export type MediaType = 'application/json' | 'application/graphql-response+json';

/** What a client can read. */
export interface Accepted {
  /** The better of both; undefined where it wants neither. */
  readonly json: MediaType | undefined;
  /** Whether it asks for event streams by name. */
  readonly streams: boolean;
}

/** Headers that were read before; clients of one kind all send the same. */
const read = new Map<string, Accepted>();
const mostRead = 100;

const withoutHeader: Accepted = { json: 'application/json', streams: false };

/** `Accept` (RFC 9110 §12.5.1): the most specific range decides about a type, then q-values. */
export function acceptedBy(header: string | undefined): Accepted {
  if (header === undefined) return withoutHeader;
  let accepted = read.get(header);
  if (!accepted) {
    if (read.size === mostRead) read.clear();
    accepted = readAccept(header);
    read.set(header, accepted);
  }
  return accepted;
}

function readAccept(header: string): Accepted {
  const ranges = parseMediaTypes(header).filter(isPlain);
  const wished = (...names: readonly string[]) => {
    const name = names.find((each) => ranges.some((range) => range.name === each));
    const at = ranges.findIndex((range) => range.name === name);
    const range = ranges[at];
    return { quality: range ? weightOf(range) : 0, at };
  };
  const json = wished('application/json', 'application/*', '*/*');
  const graphql = wished('application/graphql-response+json', 'application/*', '*/*');
  const sooner =
    graphql.quality > json.quality || (graphql.quality === json.quality && graphql.at < json.at);
  const best: MediaType = sooner ? 'application/graphql-response+json' : 'application/json';
  return {
    json: Math.max(graphql.quality, json.quality) > 0 ? best : undefined,
    streams: wished('text/event-stream').quality > 0,
  };
}
