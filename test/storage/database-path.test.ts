import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../services/storage/open.ts';

const root = join(import.meta.dirname, '../..');
const server = [join(root, 'services/start.js')];
const importer = [join(root, 'services/demo/cli.ts')];
/** Runs as another user if these tests run as root, because root may write everywhere. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'path-'));
  chmodSync(folder, 0o755);
  for (const name of ['cut', 'read-only/one']) {
    await (await openStore(`sqlite:${join(folder, `${name}.db`)}`)).close();
  }
  truncateSync(join(folder, 'cut.db'), 20_000);
  writeFileSync(
    join(folder, 'text.db'),
    'This is no database, and it is long enough. '.repeat(100),
  );
  chmodSync(join(folder, 'read-only/one.db'), 0o444);
  chmodSync(join(folder, 'read-only'), 0o555);
  mkdirSync(join(folder, 'folder.db'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command on a database until it ends. */
async function outcomeOf(
  args: readonly string[],
  path: string,
  options: { readonly uid?: number; readonly fileBlocks?: number } = {},
) {
  const { fileBlocks = 'unlimited', ...identity } = options;
  // With the signal ignored, a write that is too long fails as on a full disk.
  const limited = `trap '' XFSZ; ulimit -f ${fileBlocks}; exec "$0" "$@"`;
  const child = spawn('sh', ['-c', limited, process.execPath, ...args], {
    ...identity,
    env: { ...process.env, DATABASE_URL: `sqlite:${path}`, HTTP_PORT: '0', GRPC_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.resume();
  const [code, signal] = await once(child, 'close');
  return { code, signal, stderr };
}

const whyNot = (path: string, why: string) => ({
  code: 1,
  signal: null,
  stderr: expect.stringMatching(
    new RegExp(`^Cannot open the SQLite database at ${path.replaceAll('.', '\\.')}: .*${why}.*\n$`),
  ),
});

describe.each([
  ['server', server],
  ['importer', importer],
])('the %s ends with one line and code 1 on a database path', (_name, args) => {
  test.each([
    ['below a folder that makes none', '/proc/x/y.db', 'ENOENT'],
    ['below a file', '/etc/passwd/x/y.db', '(ENOTDIR|unable to open)'],
    ['that is a folder', 'folder.db', 'unable to open'],
    ['of a file that is no database', 'text.db', 'file is not a database'],
    ['of a database that was cut short', 'cut.db', '(malformed|damaged)'],
  ])(
    '%s',
    async (_what, name, why) => {
      const path = name.startsWith('/') ? name : join(folder, name);
      expect(await outcomeOf(args, path)).toEqual(whyNot(path, why));
    },
    60_000,
  );

  test('for a file that is read-only', async () => {
    const path = join(folder, 'read-only/one.db');
    const why = '(readonly|unable to open)';
    expect(await outcomeOf(args, path, nobody)).toEqual(whyNot(path, why));
  }, 240_000);

  test('for a full disk', async () => {
    const path = join(folder, `full-${_name}.db`);
    const why = '(full|I/O error)';
    expect(await outcomeOf(args, path, { fileBlocks: 16 })).toEqual(whyNot(path, why));
  }, 240_000);
});
