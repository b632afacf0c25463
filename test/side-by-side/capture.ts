import { readConfig, type Wire, wires } from '../../services/config.ts';
import type {
  OperationCaptures,
  WireCapture,
} from '../../services/console/side-by-side/captures.ts';
import { type Client, createInProcessClient } from '../../services/core/client.ts';
import { PaymentsError } from '../../services/core/errors.ts';
import { createDemoMerchants } from '../../services/demo/merchants.ts';
import { createGraphqlClient } from '../../services/graphql/client.ts';
import { createGrpcClient } from '../../services/grpc/client.ts';
import { type Fivewire, start } from '../../services/main.ts';
import { createPorts } from '../../services/ports.ts';
import { createRestClient } from '../../services/rest/client.ts';
import { createSseClient } from '../../services/sse/client.ts';
import { createWebsocketClient } from '../../services/websocket/client.ts';
import { adminKey, readerKey } from '../house.ts';
import { type Case, cases, type Shown } from './cases.ts';
import { http2Capture, lastStreamOf, textCapture, websocketCapture } from './frames.ts';
import { plant } from './seed.ts';
import { detour, repeatSecrets } from './still.ts';
import { openTap, type Tapped } from './tap.ts';

/** Ports as `npm start` has them, so that requests name the servers that people know. */
const httpPort = 4000;
const grpcPort = 4001;
const host = '127.0.0.1';

const openers: Readonly<Record<Wire, (key: string) => Promise<Partial<Client>>>> = {
  rest: (key) => createRestClient({ target: `http://${host}:${httpPort}`, key }),
  grpc: (key) => createGrpcClient({ target: `${host}:${grpcPort}`, key }),
  graphql: (key) => createGraphqlClient({ target: `http://${host}:${httpPort}`, key }),
  sse: (key) => createSseClient({ target: `http://${host}:${httpPort}`, key }),
  websocket: (key) => createWebsocketClient({ target: `ws://${host}:${httpPort}`, key }),
};

async function openServer(): Promise<Fivewire> {
  const server = await start(
    readConfig({
      HTTP_PORT: '0',
      GRPC_PORT: '0',
      DATABASE_URL: 'sqlite::memory:',
      DEMO: '0',
      ADDRESS_LIMIT: '0',
      LOG: 'off',
    }),
  );
  await createDemoMerchants(await createPorts(server.store));
  return server;
}

/** The code that a call ends with; `ok` if it ends well. */
async function endOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (thrown) {
    if (thrown instanceof PaymentsError) return thrown.code;
    throw thrown;
  }
}

const isWebsocket = ({ request }: Tapped): boolean =>
  /\r\nupgrade: websocket/i.test(request.toString('latin1'));

/** One call on one wire, on a server of its own, so that no other call shows in it. */
async function captureOne(
  wire: Wire,
  name: string,
  { key = 'admin', before, perform }: Case,
): Promise<WireCapture> {
  repeatSecrets();
  const server = await openServer();
  const inProcess = (secret: string) => createInProcessClient(server.core, secret);
  const seed = await plant(inProcess(adminKey), inProcess);
  await before?.({ client: inProcess(adminKey), seed });
  const isGrpc = wire === 'grpc';
  const tap = await openTap((isGrpc ? server.ports.grpc : server.ports.http) ?? 0);
  detour(isGrpc ? grpcPort : httpPort, tap.port);
  const secrets = {
    admin: adminKey,
    reader: readerKey,
    spent: seed.spentKey,
    unknown: 'sk_test_nobody',
  };
  let client: Partial<Client> | undefined;
  const call = async () => {
    client ??= await openers[wire](secrets[key]);
    // A stream's client has no other operation, and is asked for none.
    return perform({ client: client as Client, seed });
  };
  try {
    const end = await endOf(call());
    if (end !== name) throw new Error(`Expected ${name} on ${wire}, got ${end}.`);
    await tap.quiet();
    const lastStream = isGrpc ? Math.max(...tap.connections().map(lastStreamOf)) : 0;
    if (isGrpc && name === 'ok' && !before) {
      await endOf(call());
      await tap.quiet();
    }
    const [connection] = tap.connections().filter(({ request }) => request.length > 0);
    if (!connection) throw new Error(`Expected a connection on ${wire}, saw none.`);
    if (isGrpc) return http2Capture(connection, lastStream);
    return isWebsocket(connection) ? websocketCapture(connection) : textCapture(connection);
  } finally {
    tap.close();
    await client?.close?.();
    await server.close({ callsMs: 0 });
  }
}

/** The wires that carry what is shown. */
const wiresOf = (shown: Shown): readonly Wire[] =>
  shown === 'watchEvents'
    ? wires.filter((wire) => wire !== 'rest')
    : wires.filter((wire) => wire !== 'sse');

/** Captures every call of what is shown, on every wire that carries it. */
export async function capture(shown: Shown): Promise<OperationCaptures> {
  const captures: Record<string, Record<string, WireCapture>> = {};
  for (const [name, one] of Object.entries(cases[shown])) {
    const byWire: Record<string, WireCapture> = {};
    for (const wire of wiresOf(shown)) byWire[wire] = await captureOne(wire, name, one);
    captures[name] = byWire;
  }
  return captures;
}
