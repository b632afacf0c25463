import { runAutocannon } from '../drivers/autocannon.ts';
import type { HttpRequest } from '../drivers/driver.ts';
import { type DriverRequest, openDriver } from '../drivers/open-driver.ts';
import type { Ceiling } from '../result/result.ts';
import { runClosedLoop } from './closed-loop.ts';

/** A null server of every protocol. */
export interface Server {
  readonly host: string;
  readonly http?: number | undefined;
  readonly grpc?: number | undefined;
}

const connections = 64;
const warmUpMs = 400;
const timedMs = 100;
/** Steps of which the best counts, because disturbances only lower a ceiling. */
const steps = 3;

const requestOf = (method: string, path: string, body = ''): HttpRequest => ({
  method,
  path,
  headers: { authorization: 'Bearer sk_test_retail_admin' },
  body: Buffer.from(body),
});

/** Requests of a usual size; a null server does not look at them. */
function requestsTo({ http, grpc }: Server) {
  const read = requestOf('GET', '/v1/payments/pay_00000000000000000000000000');
  const frame = '{"type":"call","id":"1","operation":"readNothing","input":{"id":"pay_0"}}';
  const prepared: readonly (readonly [DriverRequest, number | undefined])[] = [
    [{ protocol: 'http1', request: read }, http],
    [
      {
        protocol: 'http2',
        grpc: true,
        request: requestOf('POST', '/payments.v1.PaymentService/ReadNothing', '\0\0\0\0\0'),
      },
      grpc,
    ],
    [
      {
        protocol: 'websocket',
        request: { path: '/ws', protocol: 'payments.v1.json', hello: '{"type":"hello"}', frame },
      },
      http,
    ],
  ];
  return { read, prepared };
}

async function withClientCpu<Result>(work: () => Promise<Result>) {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  const clientCpuShare = (user + system) / 1000 / (performance.now() - startedMs);
  return { result, clientCpuShare };
}

interface Taken {
  readonly result: { readonly perSecond: number };
  readonly clientCpuShare: number;
}

async function bestOf(take: () => Promise<Taken>): Promise<Taken> {
  let best = await take();
  for (let step = 1; step < steps; step += 1) {
    const taken = await take();
    if (taken.result.perSecond > best.result.perSecond) best = taken;
  }
  return best;
}

/**
 * Measures the calls a second of every driver against a null server. A rate near this ceiling
 * measures the generator, not the server. Runs in a load generator.
 */
export async function measureCeilings(server: Server): Promise<readonly Ceiling[]> {
  const { read, prepared } = requestsTo(server);
  const ceilings: Ceiling[] = [];
  const { host } = server;
  for (const [request, port] of prepared) {
    if (port === undefined) continue;
    const driver = await openDriver(request, { host, port, connections, check: () => true });
    const call = () => driver.call();
    const loop = (durationMs: number) => runClosedLoop({ call, inFlight: connections, durationMs });
    await loop(warmUpMs);
    const { result, clientCpuShare } = await bestOf(() => withClientCpu(() => loop(timedMs)));
    await driver.close();
    const { protocol } = request;
    const { perSecond } = result;
    ceilings.push({
      protocol,
      driver: 'lean',
      connections,
      inFlight: connections,
      perSecond,
      clientCpuShare,
    });
  }
  const again = { origin: `http://${host}:${server.http}`, request: read, connections };
  await runAutocannon({ ...again, durationMs: warmUpMs });
  const { result, clientCpuShare } = await bestOf(() =>
    withClientCpu(() => runAutocannon({ ...again, durationMs: timedMs })),
  );
  const { perSecond } = result;
  ceilings.push({
    protocol: 'http1',
    driver: 'autocannon',
    connections,
    inFlight: connections,
    perSecond,
    clientCpuShare,
  });
  return ceilings;
}
