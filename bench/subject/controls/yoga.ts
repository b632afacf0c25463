import { createServer } from 'node:http';
import { createYoga, type Plugin } from 'graphql-yoga';
import { serve } from './constant.ts';
import { rootValue, schema } from './schema.ts';

const withRootValue: Plugin = {
  onExecute({ args }) {
    args.rootValue = rootValue;
  },
};

/** Control: graphql-yoga as it comes, without its log. */
const yoga = createYoga({
  schema,
  logging: false,
  graphiql: false,
  plugins: [withRootValue],
});
serve(createServer(yoga));
