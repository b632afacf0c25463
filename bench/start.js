// Plain JavaScript without static imports of this project, so that an old Node says what it lacks
// instead of which syntax it does not know.
const needed = 26;
const { node: got } = process.versions;
if (Number.parseInt(got, 10) < needed) {
  console.error(
    `Expected Node ${needed} or newer, got ${got}. Start by npm, which uses the Node that npm ci installs: npm run bench`,
  );
  process.exitCode = 1;
} else {
  const { runCommand } = await import('./cli.ts');
  await runCommand();
}
