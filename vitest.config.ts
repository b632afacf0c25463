import { defineConfig } from 'vitest/config';
import { closingLine } from './test/closing-line.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: process.env.CI ? ['default', closingLine] : ['default'],
    // Node runs these files as they are, and so finds the same copy of every package that the
    // server finds: graphql has two, and refuses to mix them.
    experimental: { viteModuleRunner: false },
  },
});
