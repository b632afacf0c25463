import { readConfig } from '../../services/config.ts';
import {
  type Client,
  createInProcessClient,
  type StreamClient,
} from '../../services/core/client.ts';
import { createDemoMerchants } from '../../services/demo/merchants.ts';
import { createGraphqlClient } from '../../services/graphql/client.ts';
import { createGrpcClient } from '../../services/grpc/client.ts';
import { type Fivewire, start } from '../../services/main.ts';
import { createPorts } from '../../services/ports.ts';
import { createRestClient } from '../../services/rest/client.ts';
import { createSseClient } from '../../services/sse/client.ts';
import { createWebsocketClient } from '../../services/websocket/client.ts';
import { graphqlHost, onlyGraphql } from '../graphql-host.ts';

/**
 * Starts a server with every wire and the demo merchants. Defaults to a database in memory.
 *
 * @param host what serves GraphQL over HTTP
 */
export async function openServer(
  databaseUrl = 'sqlite::memory:',
  host: string = graphqlHost,
): Promise<Fivewire> {
  const config = readConfig({
    HTTP_PORT: '0',
    HTTP2_PORT: '0',
    GRPC_PORT: '0',
    DATABASE_URL: databaseUrl,
    DEMO: '0',
    GRAPHQL_HOST: host,
    // Tests that fail on purpose all come from one address.
    ADDRESS_LIMIT: '0',
  });
  const server = await start(config);
  await createDemoMerchants(await createPorts(server.store));
  return server;
}

export type Connect = (server: Fivewire, key: string | undefined) => Promise<Client>;

const http = (server: Fivewire) => `http://127.0.0.1:${server.ports.http}`;

const everySubject: Readonly<Record<string, Connect>> = {
  'in-process': async (server, key) => createInProcessClient(server.core, key),
  rest: (server, key) => createRestClient({ target: http(server), key, connections: 8 }),
  'rest over HTTP/2': (server, key) =>
    createRestClient({
      target: `http://127.0.0.1:${server.ports.http2}`,
      key,
      connections: 2,
      http2: true,
    }),
  'rest in protocol buffers': (server, key) =>
    createRestClient({ target: http(server), key, connections: 8, protobuf: true }),
  grpc: (server, key) =>
    createGrpcClient({ target: `127.0.0.1:${server.ports.grpc}`, key, connections: 2 }),
  graphql: (server, key) => createGraphqlClient({ target: http(server), key, connections: 8 }),
  websocket: (server, key) =>
    createWebsocketClient({ target: `ws://127.0.0.1:${server.ports.http}`, key, connections: 2 }),
};

/** Every way to call the core. The first has no protocol and is the reference for the others. */
export const subjects = ofThisRun(everySubject);

/** Every way to watch events. */
export const streams = ofThisRun<
  (server: Fivewire, key: string | undefined) => Promise<StreamClient>
>({
  ...everySubject,
  sse: (server, key) => createSseClient({ target: http(server), key }),
});

function ofThisRun<Of>(all: Readonly<Record<string, Of>>): Readonly<Record<string, Of>> {
  const names = onlyGraphql ? ['in-process', 'graphql'] : Object.keys(all);
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}
