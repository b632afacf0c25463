import { readConfig } from '../services/config.ts';

const given = process.env.GRAPHQL_HOST;

/** The host of GraphQL over HTTP in this run: `vitest.config.ts` runs its tests on both. */
export const { graphqlHost } = readConfig({ GRAPHQL_HOST: given });

/** Whether the run tests only that host, so that it needs no tests of other rooms. */
export const onlyGraphql = given !== undefined;

/** Every host, for tests that open a server for each. */
export const graphqlHosts = ['yoga', 'lean'] as const;
