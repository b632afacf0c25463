// Plain JavaScript without static imports of this project. An old Node says what it lacks instead
// of which syntax it does not know. And the cache must be there before the first module that it is
// to keep: with it a later start loads no type stripper.
const needed = 26;
const { node: got } = process.versions;

async function start() {
  const { enableCompileCache } = await import('node:module');
  const { join } = await import('node:path');
  // It is code that will be run, so it lies with the installed packages, not in a directory that
  // others can write to.
  enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compile'));
  const { main } = await import('./main.ts');
  await main();
}

if (Number.parseInt(got, 10) < needed) {
  console.error(
    `Expected Node ${needed} or newer, got ${got}. Start by npm, which uses the Node that npm ci installs: npm start`,
  );
  process.exitCode = 1;
} else {
  await start();
}
