import { globSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** Which tests need a browser, and whether this machine has one for them. */

const root = resolve(import.meta.dirname, '..');

interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the Chromium that comes by npm is installed. */
  readonly isInstalled: boolean;
}

const isInstalled = (): boolean => {
  try {
    return findPackageJSON('@sparticuz/chromium', import.meta.url) !== undefined;
  } catch {
    return false;
  }
};

const here = (): Machine => ({
  platform: process.platform,
  arch: process.arch,
  env: process.env,
  isInstalled: isInstalled(),
});

/** Returns why there is no browser for tests, and what to do; undefined if there is one. */
export function whyNoBrowser({ platform, arch, env, isInstalled }: Machine = here()) {
  if (env.CHROMIUM) return undefined;
  const remedy = 'Set CHROMIUM to the path of a Chromium.';
  if (platform !== 'linux' || arch !== 'x64') {
    return `Expected Linux on x64, which a Chromium comes for by npm, got ${platform} on ${arch}. ${remedy}`;
  }
  if (isInstalled) return undefined;
  return `Expected the package @sparticuz/chromium, which npm ci installs, got none. ${remedy}`;
}

/** Paths, from the root, of all files of `test` that import one of `files`, and so on. */
function importersOf(files: readonly string[]): readonly string[] {
  const all = globSync('test/**/*.ts', { cwd: root });
  const importing = all.filter((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const imports = [...text.matchAll(/from '(\.[^']+)'/g)].map(([, target = '']) =>
      join(dirname(file), target),
    );
    return !files.includes(file) && imports.some((target) => files.includes(target));
  });
  return importing.length === 0 ? files : importersOf([...files, ...importing]);
}

/** The test files that open a browser. */
export const browserTests = (): readonly string[] =>
  importersOf(['test/bench/browser.ts']).filter((file) => file.endsWith('.test.ts'));

/**
 * The test files to leave out, with a line that says why. Where a machine decides about a change
 * (`CI`), none is left out: without a browser they fail.
 */
export function testsToSkip(
  machine: Machine = here(),
  say: (line: string) => void = console.warn,
): readonly string[] {
  const why = whyNoBrowser(machine);
  if (why === undefined || machine.env.CI) return [];
  const tests = browserTests();
  say(`Skipped: ${tests.length} test files that need a browser. ${why}`);
  return tests;
}
