import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A server of known behaviour, as a process of its own: a constant service time and built-in
 * faults, `fake-server.ts <serviceMs> <failEvery> <dieAfter>`; 0 turns a fault off. `/burn` burns
 * 20 ms of CPU time by its own account and says how many µs it was; `/metrics` reports three
 * queries a call and an event loop that was held up for 25 ms.
 */
const [serviceMs = 0, failEvery = 0, dieAfter = 0] = process.argv.slice(2).map(Number);
const queriesPerCall = 3;
const burnMicros = 20_000;
let count = 0;

const metrics = (): string =>
  [
    `fivewire_store_queries_total ${queriesPerCall * count}`,
    `process_cpu_seconds_total ${(process.cpuUsage().user + process.cpuUsage().system) / 1e6}`,
    'nodejs_eventloop_lag_max_seconds 0.025',
    '',
  ].join('\n');

function burn(): number {
  const before = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(before);
    if (user + system >= burnMicros) return user + system;
  }
}

const server = createServer(async ({ url }, response) => {
  if (url === '/metrics') return void response.end(metrics());
  if (url === '/burn') return void response.end(String(burn()));
  count += 1;
  if (dieAfter > 0 && count > dieAfter) {
    console.error('the last words of the fake server');
    process.exit(7);
  }
  if (serviceMs > 0) await sleep(serviceMs);
  response.writeHead(failEvery > 0 && count % failEvery === 0 ? 500 : 200).end('{"constant":true}');
});
server.listen(0, '127.0.0.1', () => {
  console.log(`ready ${JSON.stringify({ http: (server.address() as AddressInfo).port })}`);
});
