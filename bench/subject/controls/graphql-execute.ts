import { createServer } from 'node:http';
import { type DocumentNode, execute, parse, validate } from 'graphql';
import { constants, serve } from './constant.ts';
import { rootValue, schema } from './schema.ts';

/** Control: bare `graphql` execution on `node:http`, each document parsed and validated once. */
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
