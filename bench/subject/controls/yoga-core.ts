import { readForGraphql } from './graphql-read-core.ts';
import { serveYoga } from './yoga-server.ts';

/** Floor with core: graphql-yoga as it comes, and core's read in the resolver. */
serveYoga({
  payment: ({ id }, { request }) =>
    readForGraphql(id, request.headers.get('authorization') ?? undefined),
});
