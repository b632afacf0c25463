import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run in CI with one plain line: `N passed, N failed, N skipped`. */
export const closingLine: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]) {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      // A file that could not be loaded has no tests and is a failure all the same.
      if (module.state() === 'failed' && module.children.size === 0) count.failed += 1;
    }
    // Written after the default reporter's own summary.
    setImmediate(() =>
      console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`),
    );
  },
};
