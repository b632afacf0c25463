import { createServer } from 'node:http';
import { createYoga, type Plugin, type YogaInitialContext } from 'graphql-yoga';
import { serve } from './constant.ts';
import { schema } from './schema.ts';

export type YogaRoot = Readonly<
  Record<string, (args: { readonly id: string }, context: YogaInitialContext) => unknown>
>;

/**
 * graphql-yoga as it comes, without its log.
 *
 * @param rootValue resolvers of the root
 */
export function serveYoga(rootValue: YogaRoot): void {
  const withRootValue: Plugin = {
    onExecute({ args }) {
      args.rootValue = rootValue;
    },
  };
  const yoga = createYoga({ schema, logging: false, graphiql: false, plugins: [withRootValue] });
  serve(createServer(yoga));
}
