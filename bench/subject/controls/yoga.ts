import { rootValue } from './schema.ts';
import { serveYoga } from './yoga-server.ts';

/** Control: graphql-yoga as it comes, without its log, a constant in the resolver. */
serveYoga(rootValue);
