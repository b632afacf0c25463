import { constants } from './constant.ts';
import { serveGraphqlPosts } from './graphql-post.ts';

/** Control: `node:http` under GraphQL's requests, constant bytes; the document is not looked at. */
const bytes = Buffer.from(JSON.stringify(constants.graphql));
serveGraphqlPosts(() => bytes);
