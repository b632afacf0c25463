import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { constants } from './constant.ts';
import { onceADocument } from './graphql-documents.ts';
import { serveGraphqlPosts } from './graphql-post.ts';
import { rootValue, schema } from './schema.ts';

/** Control: each document compiled to JavaScript by `graphql-jit`, a constant in the resolver. */
const { extensions } = constants.graphql;
// graphql-jit calls resolvers of the schema; a function in the root value would be a value to it.
const { payment } = schema.getQueryType()?.getFields() ?? {};
if (payment) payment.resolve = rootValue.payment;
const compiledOf = onceADocument((document) => {
  const compiled = compileQuery(schema, document);
  if (!isCompiledQuery(compiled)) throw new Error(String(compiled.errors));
  return compiled;
});

serveGraphqlPosts(async (text, authorization) => {
  const { query, variables } = JSON.parse(text);
  const result = await compiledOf(query).query({}, authorization, variables);
  return JSON.stringify({ ...result, extensions });
});
