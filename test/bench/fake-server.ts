import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A server with a constant service time and built-in faults, as a process of its own:
 * `fake-server.ts <serviceMs> <failEvery> <dieAfter>`; 0 turns a fault off.
 */
const [serviceMs = 0, failEvery = 0, dieAfter = 0] = process.argv.slice(2).map(Number);
let count = 0;

const server = createServer(async (_request, response) => {
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
