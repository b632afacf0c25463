import { serveGraphql } from './graphql.ts';
import { rootValue } from './schema.ts';

/** Control: bare `graphql` execution, a constant in the resolver. */
serveGraphql(rootValue);
