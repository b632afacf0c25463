import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Pair,
  type ToolComparison,
  toolTable,
  verdictOf,
} from '../../bench/cross-check/table.ts';
import { h2load, runTool, type ToolLoad, wrk } from '../../bench/cross-check/tools.ts';
import { renderText } from '../../bench/result/table.ts';
import { isAlive } from './alive.ts';

const byWrk = `Running 1s test @ http://127.0.0.1:42513/v1/x
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.77ms    4.40ms  41.11ms   94.60%
    Req/Sec    75.47k    18.46k   99.19k    70.00%
  76020 requests in 1.01s, 42.48MB read
Requests/sec:  74963.61
Transfer/sec:     41.89MB
`;

const byH2load = `starting benchmark...
spawning thread #0: 8 total client(s). Timing-based test with 0s of warm-up time and 1s of main duration for measurements.
Warm-up started for thread #0.
progress: 100% of clients started
Warm-up phase is over for thread #0.
Main benchmark duration is started for thread #0.
Application protocol: h2c
Main benchmark duration is over for thread #0. Stopping all clients.
Stopped all clients for thread #0

finished in 1.09s, 4576.00 req/s, 3.50MB/s
requests: 4576 total, 4640 started, 4576 done, 4576 succeeded, 0 failed, 0 errored, 0 timeout
status codes: 4584 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 3.50MB (3665009) total, 275.34KB (281945) headers (space savings 80.35%), 3.11MB (3259224) data
                     min         max         mean         sd        +/- sd
time for request:      677us     92.06ms     13.00ms     18.89ms    88.64%
time for connect:       61us       139us       106us        25us    75.00%
time to 1st byte:    17.46ms     91.09ms     65.27ms     28.60ms    75.00%
req/s           :     515.00      537.12      526.06        9.64    37.50%
`;

const withoutServer = byH2load
  .replace(/^finished.*$/m, 'finished in 1.00s, 0.00 req/s, 0B/s')
  .replace(
    /^requests:.*$/m,
    'requests: 0 total, 0 started, 0 done, 0 succeeded, 0 failed, 0 errored, 0 timeout',
  )
  .replace(/^status codes:.*$/m, 'status codes: 0 2xx, 0 3xx, 0 4xx, 0 5xx')
  .replace(
    /^traffic:.*$/m,
    'traffic: 0B (0) total, 0B (0) headers (space savings 0.00%), 0B (0) data',
  );

const without = (output: string, line: RegExp) => output.replace(line, 'something else');

describe('the output of a tool', () => {
  test('of wrk is read', () => {
    expect(wrk.read(byWrk)).toEqual({ completed: 76_020, perSecond: 74_963.61, bodyBytes: null });
  });

  test('of h2load is read, and answers that are still out are no failures', () => {
    expect(h2load.read(byH2load)).toEqual({
      completed: 4576,
      perSecond: 4576,
      bodyBytes: 3_259_224,
    });
  });

  test.each([
    ['wrk, other statuses', wrk, `${byWrk}  Non-2xx or 3xx responses: 3\n`],
    ['wrk, errors', wrk, `${byWrk}  Socket errors: connect 0, read 0, write 0, timeout 3\n`],
    ['wrk, no answer', wrk, byWrk.replace('76020 requests', '0 requests')],
    ['h2load, no server', h2load, withoutServer],
    ['h2load, other statuses', h2load, byH2load.replace('0 5xx', '9 5xx')],
    ['h2load, lost calls', h2load, byH2load.replace('4576 succeeded, 0', '4575 succeeded, 1')],
    ['h2load, a call too late', h2load, byH2load.replace('0 timeout', '1 timeout')],
  ])('with answers that are not good is refused: %s', (_, tool, output) => {
    expect(() => tool.read(output)).toThrow(/to report only successful responses, got/);
  });

  test.each([
    ['its requests', wrk, /^.* requests in .*$/m, byWrk],
    ['its requests a second', wrk, /^Requests\/sec:.*$/m, byWrk],
    ['its requests a second', h2load, /^finished in .*$/m, byH2load],
    ['its requests', h2load, /^requests: .*$/m, byH2load],
    ['its status codes', h2load, /^status codes: .*$/m, byH2load],
    ['its traffic', h2load, /^traffic: .*$/m, byH2load],
  ])('that lacks %s is refused, and shown', (what, tool, line, output) => {
    const read = () => tool.read(without(output, line));
    expect(read).toThrow(`Expected ${tool.name} to report ${what}, got:`);
    expect(read).toThrow('something else');
  });
});

describe('the arguments of a tool', () => {
  const load: ToolLoad = {
    origin: 'http://127.0.0.1:1234',
    request: {
      method: 'POST',
      path: '/a',
      headers: { te: 'trailers', 'content-length': '5' },
      body: Buffer.alloc(5),
    },
    bodyPath: '/body',
    connections: 8,
    streams: 4,
    seconds: 1,
  };

  test('is the request with its headers, and the length of a body once', () => {
    expect(h2load.argsOf(load).join(' ')).toBe(
      '-t1 -c8 -m4 -D1s -H te: trailers -d /body http://127.0.0.1:1234/a',
    );
    const read = { ...load.request, method: 'GET', headers: {}, body: Buffer.alloc(0) };
    expect(wrk.argsOf({ ...load, request: read }).join(' ')).toBe(
      '-t1 -c8 -d1s -H connection: keep-alive http://127.0.0.1:1234/a',
    );
  });
});

const sides = (
  rates: readonly (readonly [ours: number, tool: number])[],
  [ofOurs, ofTool]: readonly (number | null)[] = [0.5, null],
): Pair[] =>
  rates.map(([ours, tool]) => ({
    ours: { perSecond: ours, serverCpuShare: ofOurs ?? null },
    tool: { perSecond: tool, serverCpuShare: ofTool ?? null },
  }));

const lineOf = (
  rates: readonly (readonly [number, number])[],
  ceiling: readonly [number, number] = [1000, 1000],
): ToolComparison => ({
  wire: 'grpc',
  tool: 'h2load',
  connections: 8,
  streams: 8,
  pairs: sides(rates),
  ceilings: sides([ceiling]),
});

const starved = (line: ToolComparison, ofOurs: number, ofTool: number): ToolComparison => ({
  ...line,
  pairs: sides(
    line.pairs.map(({ ours, tool }) => [ours.perSecond, tool.perSecond]),
    [ofOurs, ofTool],
  ),
});

describe('the verdict', () => {
  const even = [100, 100] as const;

  test.each([
    ['agree within 15 %', true, lineOf([even, even, even])],
    ['agree within 15 %', true, lineOf([even, [105, 100], [95, 100], even])],
    ['agree within 15 %, unsure', true, lineOf([[50, 100], even, [200, 100]])],
    [
      'differs',
      false,
      lineOf([
        [100, 200],
        [101, 200],
        [100, 201],
      ]),
    ],
    [
      'differs, unsure',
      false,
      lineOf([
        [50, 100],
        [100, 100],
        [90, 100],
      ]),
    ],
    [
      'differs; explained: our client is at 80 % of its ceiling',
      true,
      lineOf(
        [
          [100, 200],
          [100, 200],
          [100, 200],
        ],
        [125, 1000],
      ),
    ],
    [
      'differs; explained: h2load is at 100 % of its ceiling',
      true,
      lineOf(
        [
          [200, 100],
          [200, 100],
          [200, 100],
        ],
        [1000, 100],
      ),
    ],
    ['not measured: the server had 60 % of its core', false, starved(lineOf([even]), 0.5, 0.6)],
    // One of them did keep it busy: then the other is what differs.
    ['differs', false, starved(lineOf([[50, 100]]), 0.5, 0.95)],
    // The ceiling of the faster one explains nothing.
    [
      'differs',
      false,
      lineOf(
        [
          [200, 100],
          [200, 100],
          [200, 100],
        ],
        [200, 1000],
      ),
    ],
  ] as const)('%s', (text, passes, line) => {
    expect(verdictOf(line)).toMatchObject({ text, passes });
  });

  test('stands in a table beside both rates, both ceilings and what the server spent', () => {
    const text = renderText(toolTable([lineOf([even, even, even], [1500, 2500])]));
    expect(text).toMatch(/gRPC +8 × 8 +h2load +100 +100 +1\.00× \[1\.00, 1\.00\] +1,500 \/ 2,500/);
    expect(text).toContain('50 % / –  agree within 15 %');
  });
});

describe('a tool that runs', () => {
  const tools = new URL('../../bench/cross-check/tools.ts', import.meta.url).href;
  const hanging = (path: string) => [
    '-e',
    `require('node:fs').writeFileSync('${path}', String(process.pid)); setInterval(() => {}, 1000)`,
  ];

  test('is ended with the process that started it', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'fivewire-')), 'pid');
    const script = `
      import { existsSync, statSync } from 'node:fs';
      import { runTool } from ${JSON.stringify(tools)};
      runTool(process.execPath, ${JSON.stringify(hanging(path))}, { core: 0, withinMs: 60_000 });
      setInterval(() => { if (existsSync('${path}') && statSync('${path}').size > 0) process.exit(0); }, 10);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    const pid = Number(readFileSync(path, 'utf8'));
    expect(pid).toBeGreaterThan(0);
    for (let tries = 0; tries < 100 && isAlive(pid); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(isAlive(pid)).toBe(false);
  });

  test('that fails is reported with its output', async () => {
    const failing = ['-e', 'console.error("no such host"); process.exit(3)'];
    const running = runTool(process.execPath, failing, { core: 0, withinMs: 60_000 });
    await expect(running).rejects.toThrow('no such host');
  });
});
