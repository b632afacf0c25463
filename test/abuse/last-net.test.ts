import { afterEach, expect, test } from 'vitest';
import { type SpawnedServer, spawnServer } from './spawned-server.ts';

let server: SpawnedServer;
afterEach(() => server.stop());

/** A module that fails on SIGUSR2 where nothing catches it, as a bug of the server would. */
const failing = (work: string) => [
  '--import',
  `data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${work} });`)}`,
];

const read = async (path: string) => {
  const response = await fetch(`http://127.0.0.1:${server.ports.http}${path}`);
  return { status: response.status, text: await response.text() };
};

const failuresOf = async (kind: string) =>
  new RegExp(`^fivewire_failures_total\\{kind="${kind}"\\} (\\d+)$`, 'm').exec(
    (await read('/metrics')).text,
  )?.[1];

test.each([
  ['a promise that nobody awaits', 'rejection', 'Promise.reject(failure())'],
  ['an exception that nothing catches', 'exception', 'throw failure()'],
])(
  '%s is logged without secrets and counted, and the server goes on',
  async (_what, kind, work) => {
    // The stack quotes the module: the secret is not in its text.
    const failure = `const failure = () => new Error('broke on ' + 'sk_' + 'test_' + 'abc' + 123);`;
    server = await spawnServer({}, failing(`${failure} ${work}`));
    expect(await failuresOf(kind)).toBe('0');
    server.child.kill('SIGUSR2');
    await expect.poll(() => failuresOf(kind), { timeout: 120_000 }).toBe('1');
    await expect.poll(() => server.log()).toMatch(new RegExp(`"failure":"${kind}".*broke on `));
    expect(server.log()).not.toContain('abc123');
    expect((await read('/readyz')).status).toBe(200);
  },
);

test('the server goes on if nothing reads its log any more', async () => {
  server = await spawnServer({}, failing(`Promise.reject(new Error('unheard'))`));
  server.child.stderr?.destroy();
  server.child.stdout?.destroy();
  for (const count of ['1', '2', '3']) {
    server.child.kill('SIGUSR2');
    await expect.poll(() => failuresOf('rejection'), { timeout: 120_000 }).toBe(count);
  }
  expect(await failuresOf('exception')).toBe('0');
});
