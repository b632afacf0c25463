import { constants } from './constant.ts';
import { serveGraphqlPosts } from './graphql-post.ts';

/** Control: `node:http` and the JSON of GraphQL's requests and responses, without execution. */
serveGraphqlPosts((text) => {
  JSON.parse(text);
  return JSON.stringify(constants.graphql);
});
