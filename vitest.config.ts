import { configDefaults, defineConfig } from 'vitest/config';
import { testsToSkip } from './test/browser-tests.ts';
import { closingLine } from './test/closing-line.ts';

export default defineConfig({
  test: {
    // Many tests wait for servers that they start: one worker fewer would leave a core idle.
    maxWorkers: '100%',
    exclude: [...configDefaults.exclude, ...testsToSkip()],
    // They end a test that hangs, and are far above what a busy machine needs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: process.env.CI ? ['default', closingLine] : ['default'],
    // Node runs these files as they are, and so finds the same copy of every package that the
    // server finds: graphql has two, and refuses to mix them.
    experimental: { viteModuleRunner: false },
    projects: [
      { extends: true, test: { name: 'all', include: ['test/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: "GraphQL's lean host",
          // Tests of whole servers in `test/abuse` open both hosts by themselves.
          include: ['test/wire/graphql*.test.ts', 'test/contract/*.test.ts'],
          env: { GRAPHQL_HOST: 'lean' },
        },
      },
    ],
  },
});
