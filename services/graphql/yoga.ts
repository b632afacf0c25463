import type { IncomingMessage, RequestListener } from 'node:http';
import { createYoga } from 'graphql-yoga';
import { readable } from '../wire/http/accept.ts';
import type { GraphqlContext } from './context.ts';
import type { HttpHost } from './host.ts';
import { useCaching } from './plugins/caching.ts';
import { useCaller, useStrictRequests } from './plugins/caller.ts';
import { knownCaller, preparedIn, type ServerContext } from './plugins/context.ts';
import { useCost } from './plugins/cost.ts';
import { usePreparedDocuments } from './plugins/documents.ts';
import { useEventStreams } from './plugins/event-streams.ts';
import { createGraphiql } from './plugins/graphiql.ts';
import { maskedErrors } from './plugins/masking.ts';
import { useJsonResponses, useRefusals } from './plugins/responses.ts';

/** Matches no target: a line break passes no parser. */
const nowhere = '\n';

/** The Yoga host: GraphQL over HTTP by graphql-yoga, its plugins in the order of a request. */
export function createYogaListener(host: HttpHost): RequestListener {
  const { settings, headersOfPage } = createGraphiql(host);
  const yoga = createYoga<ServerContext, GraphqlContext>({
    schema: host.execution.schema,
    context: ({ state }) => host.execution.contextOf(preparedIn(state), knownCaller(state)),
    plugins: [
      headersOfPage,
      useCaller(host),
      useStrictRequests(),
      usePreparedDocuments(host),
      useCost(host),
      useJsonResponses(host),
      useCaching(host),
      useEventStreams(host),
      useRefusals(host),
    ],
    maskedErrors,
    ...settings,
    // Our own log has each call once.
    logging: false,
    // Handled for all wires at once, or not at all.
    cors: false,
    landingPage: false,
    healthCheckEndpoint: nowhere,
    // `useStrictRequests` has its own bound, and accepts no forms.
    batching: false,
    multipart: false,
    maxRequestBodySize: false,
    // `usePreparedDocuments` remembers by size, and only documents that ran.
    parserAndValidationCache: false,
  });
  return (incoming, outgoing) => {
    const { headers } = incoming;
    // Yoga compares each range with each of its own types, before `useJsonResponses` decides.
    if (headers.accept !== undefined) headers.accept = readable(headers.accept);
    nameHere(incoming);
    yoga(incoming, outgoing);
  };
}

/**
 * Replaces an invalid host and target: Yoga builds a URL of them, and sends its own error if it
 * cannot. The server has already routed the request.
 */
function nameHere(incoming: IncomingMessage): void {
  const { url = '', headers } = incoming;
  headers.host = 'localhost';
  // HTTP/2's name for the same.
  if (':authority' in headers) headers[':authority'] = 'localhost';
  const query = url.indexOf('?');
  incoming.url = query < 0 ? '/graphql' : `/graphql${url.slice(query)}`;
}
