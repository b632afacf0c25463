import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { constants } from './constant.ts';

/** The real schema, for the GraphQL controls: `payment` answers the captured one. */
export const schema = buildSchema(
  readFileSync(new URL('../../../schema/payments.graphql', import.meta.url), 'utf8'),
);

const { result } = constants.graphql.data as { readonly result: unknown };
export const rootValue = { payment: () => result };
