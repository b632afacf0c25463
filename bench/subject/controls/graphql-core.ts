import { serveGraphql } from './graphql.ts';
import { readForGraphql } from './graphql-read-core.ts';

/** Floor with core: bare `graphql` execution on `node:http`, and core's read in the resolver. */
serveGraphql({
  payment: ({ id }: { readonly id: string }, authorization: string | undefined) =>
    readForGraphql(id, authorization),
});
