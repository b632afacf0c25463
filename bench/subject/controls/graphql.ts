import { execute } from 'graphql';
import { constants } from './constant.ts';
import { onceADocument } from './graphql-documents.ts';
import { serveGraphqlPosts } from './graphql-post.ts';
import { schema } from './schema.ts';

const { extensions } = constants.graphql;
const documentOf = onceADocument((document) => document);

/**
 * Bare `graphql` execution on `node:http`, each document parsed and validated once.
 *
 * @param rootValue resolvers of the root; their context is the `Authorization` header
 */
export const serveGraphql = (rootValue: object): void =>
  serveGraphqlPosts(async (text, authorization) => {
    const { query, variables } = JSON.parse(text);
    const result = await execute({
      schema,
      document: documentOf(query),
      rootValue,
      contextValue: authorization,
      variableValues: variables,
    });
    return JSON.stringify({ ...result, extensions });
  });
