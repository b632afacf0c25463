import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { browserTests, testsToSkip, whyNoBrowser } from './browser-tests.ts';

/** What somebody meets who installs and starts the project. */

const root = resolve(import.meta.dirname, '..');
const readJson = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));
const manifest = readJson('package.json');

describe('npm', () => {
  test('installs all that server and bench import without what only tests need', () => {
    const imported = ['services', 'bench'].flatMap((folder) =>
      globSync(`${folder}/**/*.ts`, { cwd: root }).flatMap((file) =>
        [...readFileSync(join(root, file), 'utf8').matchAll(/^import .*?from '([@a-z][^']*)'/gms)]
          .map(([, name = '']) => name)
          .filter((name) => !isBuiltin(name)),
      ),
    );
    const packages = imported.map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? '');
    const missing = packages.filter((name) => !Object.hasOwn(manifest.dependencies, name));
    expect(new Set(missing)).toEqual(new Set());
    expect(packages).toContain('@observablehq/plot');
  });

  test('runs no script of a package that nobody has decided about', () => {
    const { packages } = readJson('package-lock.json');
    const withScripts = Object.entries<{ readonly hasInstallScript?: boolean }>(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    // It sends what is installed, and where, to its maker.
    expect(manifest.allowScripts['@scarf/scarf']).toBe(false);
    for (const name of withScripts) expect(manifest.allowScripts).toHaveProperty([name]);
  });

  test('installs fewer than 400 packages, each in one exact version', () => {
    const { packages } = readJson('package-lock.json');
    expect(Object.keys(packages).length).toBeLessThan(400);
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('does not warn of the Node that runs it, and still shows errors', () => {
    const { stdout } = spawnSync('npm', ['config', 'get', 'loglevel'], {
      cwd: root,
      encoding: 'utf8',
      // Those of the npm that runs this test.
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
    });
    expect(stdout.trim()).toBe('error');
  });
});

describe('an old Node', () => {
  const old = 'Object.defineProperty(process, "versions", { value: { node: "20.1.0" } })';
  test.each([
    ['services/start.js', 'npm start'],
    ['bench/start.js', 'npm run bench'],
  ])('that starts %s is told which one is needed and how to get it', (file, command) => {
    const flags = ['--import', `data:text/javascript,${encodeURIComponent(old)}`];
    const { status, stderr } = spawnSync(process.execPath, [...flags, join(root, file)], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toBe(
      `Expected Node 26 or newer, got 20.1.0. Start by npm, which uses the Node that npm ci installs: ${command}\n`,
    );
  });

  test('meets no syntax and no import that it lacks in the files that say so', () => {
    for (const file of ['services/start.js', 'bench/start.js']) {
      const text = readFileSync(join(root, file), 'utf8');
      expect(text).not.toMatch(/^import /m);
      expect(text).toContain(`needed = ${/\d+/.exec(manifest.engines.node)?.[0]};`);
    }
  });
});

describe('tests that need a browser', () => {
  const bare = { platform: 'linux', arch: 'x64', env: {}, isInstalled: false };

  test('are those that open one', () => {
    expect(browserTests()).toEqual(
      expect.arrayContaining([
        'test/bench/html.test.ts',
        'test/wire/console-browser.test.ts',
        'test/wire/graphiql.test.ts',
      ]),
    );
    expect(browserTests()).not.toContain('test/wire/console.test.ts');
  });

  test('are left out where there is none, but not where a change is decided about', () => {
    const said: string[] = [];
    expect(testsToSkip(bare, (line) => said.push(line))).toEqual(browserTests());
    expect(said.join()).toMatch(/^Skipped: \d+ test files .* Set CHROMIUM/);
    expect(testsToSkip({ ...bare, env: { CI: '1' } })).toEqual([]);
    expect(testsToSkip({ ...bare, isInstalled: true })).toEqual([]);
    const mac = { platform: 'darwin', arch: 'arm64', env: {}, isInstalled: true };
    expect(whyNoBrowser(mac)).toMatch(/darwin on arm64\. Set CHROMIUM/);
    expect(whyNoBrowser({ ...mac, env: { CHROMIUM: '/usr/bin/chromium' } })).toBeUndefined();
  });
});
