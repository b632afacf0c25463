import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linesFor } from '../services/announce.ts';
import { readConfig } from '../services/config.ts';
import { createInProcessClient } from '../services/core/client.ts';
import { createDemoMerchants } from '../services/demo/merchants.ts';
import { type Fivewire, start } from '../services/main.ts';
import { createPorts } from '../services/ports.ts';
import { adminKey } from './house.ts';

/** What README says must be so: its commands, its links, its snippets. */

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const shellBlocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code = '']) => code);
const snippets = shellBlocks.filter((code) => /^(curl|npx) /.test(code));

test('every command in README exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const named = [...readme.matchAll(/npm (?:run )?(start|test|bench|import|check)\b/g)];
  expect(named.length).toBeGreaterThan(3);
  for (const [, name = ''] of named) expect(scripts).toHaveProperty(name);
});

test.each(
  globSync('**/*.md', { cwd: root, exclude: ['node_modules/**', '.data/**', 'bench/results/**'] }),
)('the links of %s resolve', (file) => {
  const links = [...readFileSync(join(root, file), 'utf8').matchAll(/\]\(([^)#]+)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
  const broken = links.filter((link) => !existsSync(join(root, dirname(file), link)));
  expect(broken).toEqual([]);
});

test('README lists exactly the settings that the server reads', () => {
  const listed = [...readme.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, name]) => name);
  const source = readFileSync(join(root, 'services/config.ts'), 'utf8');
  const read = [...source.matchAll(/^ {2}([A-Z0-9_]+): /gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(read.sort());
});

test('README shows what a start prints', () => {
  const lines = linesFor({ http: 4000, grpc: 4001 }, readConfig({}));
  expect(readme).toContain(`\`\`\`\n${lines.join('\n')}\n\`\`\``);
});

test('the numbers in README are those of the newest committed run', () => {
  const script = join(root, 'bench/report/write-readme.ts');
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

describe('the snippets of the quick start', () => {
  let server: Fivewire;
  beforeAll(async () => {
    server = await start(
      readConfig({
        HTTP_PORT: '0',
        GRPC_PORT: '0',
        DATABASE_URL: 'sqlite::memory:',
        DEMO: '0',
      }),
    );
    await createDemoMerchants(await createPorts(server.store));
    const client = createInProcessClient(server.core, adminKey);
    const { id: customer } = await client.createCustomer({ name: 'Ada' }, { idempotencyKey: 'a' });
    const payment = await client.createPayment(
      { amount: 1999, currency: 'GBP', paymentMethod: 'pm_card_ok', customer, confirm: true },
      { idempotencyKey: 'b' },
    );
    await client.refundPayment({ payment: payment.id, amount: 99 }, { idempotencyKey: 'c' });
    await client.createPayment(
      { amount: 500, currency: 'GBP', paymentMethod: 'pm_card_ok', customer, confirm: true },
      { idempotencyKey: 'd' },
    );
  });
  afterAll(() => server?.close());

  /** What the snippet prints; a stream is cut as soon as it has printed something. */
  function run(code: string): Promise<string> {
    const here = code
      .replaceAll('127.0.0.1:4000', `127.0.0.1:${server.ports.http}`)
      .replaceAll('127.0.0.1:4001', `127.0.0.1:${server.ports.grpc}`);
    return new Promise((resolve, reject) => {
      const child = spawn('bash', ['-c', here], { cwd: root, detached: true });
      let out = '';
      let err = '';
      child.stdout.on('data', (data: Buffer) => {
        out += data;
        if (here.includes('curl -sN') && out.includes('\n\n') && child.pid !== undefined) {
          process.kill(-child.pid);
        }
      });
      child.stderr.on('data', (data: Buffer) => {
        err += data;
      });
      child.on('error', reject);
      child.on('close', (code) =>
        code === 0 || code === null
          ? resolve(out)
          : reject(new Error(`exit ${code}: ${err}${out}`)),
      );
    });
  }

  const expected: Readonly<Record<string, RegExp>> = {
    'curl -s http://127.0.0.1:4000/v1/payments \\': /"status":"succeeded"/,
    "curl -s 'http://127.0.0.1:4000/v1/payments": /"data":\[\{.*"name":"Ada"/,
    'npx buf curl': /"payments":\s*\[\s*\{/,
    'curl -s http://127.0.0.1:4000/graphql': /"data":\{"payments":.*"name":"Ada"/,
    'curl -sN': /id: ?1\n/,
    'npx node': /"type":"welcome"[\s\S]*"type":"result"/,
  };

  test.each(Object.entries(expected))(
    'run and produce the documented output: %s …',
    async (opening, answer) => {
      const found = snippets.filter((code) => code.startsWith(opening));
      expect(found).toHaveLength(1);
      expect(await run(found[0] ?? '')).toMatch(answer);
    },
  );

  test('are all covered by this test', () => {
    expect(snippets).toHaveLength(Object.keys(expected).length);
  });
});
