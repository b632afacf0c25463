import { createServer } from 'node:http';
import { type DocumentNode, execute, parse, validate } from 'graphql';
import { constants, serve } from './constant.ts';
import { schema } from './schema.ts';

const documents = new Map<string, DocumentNode>();
const { extensions } = constants.graphql;

function documentOf(query: string): DocumentNode {
  const known = documents.get(query);
  if (known) return known;
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  documents.set(query, document);
  return document;
}

/**
 * Bare `graphql` execution on `node:http`, each document parsed and validated once.
 *
 * @param rootValue resolvers of the root; their context is the `Authorization` header
 */
export const serveGraphql = (rootValue: object): void =>
  serve(
    createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      request.on('end', async () => {
        const { query, variables } = JSON.parse(text);
        const result = await execute({
          schema,
          document: documentOf(query),
          rootValue,
          contextValue: request.headers.authorization,
          variableValues: variables,
        });
        const body = JSON.stringify({ ...result, extensions });
        response
          .writeHead(200, {
            'content-type': 'application/graphql-response+json; charset=utf-8',
            'content-length': Buffer.byteLength(body),
          })
          .end(body);
      });
    }),
  );
