import { setMaxListeners } from 'node:events';
import type { Client, StreamClient } from '../../services/core/client.ts';
import type { GraphqlClient } from '../../services/graphql/client.ts';
import type { GrpcClient } from '../../services/grpc/client.ts';
import type { RestClient } from '../../services/rest/client.ts';
import type { WireName } from '../result/wires.ts';
import type { Address } from './address.ts';

/** The rooms' clients, by wire: the bench's only way to a server. */
export interface SubjectClients {
  readonly rest: RestClient;
  readonly 'rest-http2': RestClient;
  readonly grpc: GrpcClient;
  readonly graphql: GraphqlClient;
  readonly websocket: Client;
  readonly sse: StreamClient;
}

export const adminKey = 'sk_test_retail_admin';

export interface ClientOpening {
  readonly key?: string | undefined;
  readonly connections?: number;
  readonly pollMs?: number;
  readonly host?: string;
  /** REST only: `application/protobuf` instead of JSON. */
  readonly protobuf?: true;
  /** PEM of the authority that vouches for the server, which then is one over TLS. */
  readonly ca?: string | undefined;
}

/** The port of a server that a wire is on. */
export function portOf(address: Address, wire: WireName): number {
  const port =
    wire === 'grpc' ? address.grpc : wire === 'rest-http2' ? address.http2 : address.http;
  if (port === undefined) throw new Error(`Expected a server with ${wire} open, got one without.`);
  return port;
}

type Openers = {
  readonly [Wire in WireName]: (
    port: number,
    opening: ClientOpening,
  ) => Promise<SubjectClients[Wire]>;
};

const here = '127.0.0.1';
const http = (port: number, { ca, host = here }: ClientOpening) =>
  `http${ca ? 's' : ''}://${host}:${port}`;
const ws = (port: number, { ca, host = here }: ClientOpening) =>
  `ws${ca ? 's' : ''}://${host}:${port}`;

// Each is loaded when it is opened, so that a load generator loads the library of one wire only.
const openers: Openers = {
  async rest(port, opening) {
    const { createRestClient } = await import('../../services/rest/client.ts');
    return createRestClient({ target: http(port, opening), ...opening });
  },
  async 'rest-http2'(port, opening) {
    const { createRestClient } = await import('../../services/rest/client.ts');
    return createRestClient({ target: http(port, opening), http2: true, ...opening });
  },
  async grpc(port, opening) {
    const { createGrpcClient } = await import('../../services/grpc/client.ts');
    return createGrpcClient({ target: `${opening.host ?? here}:${port}`, ...opening });
  },
  async graphql(port, opening) {
    const { createGraphqlClient } = await import('../../services/graphql/client.ts');
    return createGraphqlClient({ target: http(port, opening), ...opening });
  },
  async websocket(port, opening) {
    const { createWebsocketClient } = await import('../../services/websocket/client.ts');
    return createWebsocketClient({ target: ws(port, opening), ...opening });
  },
  async sse(port, opening) {
    const { createSseClient } = await import('../../services/sse/client.ts');
    return createSseClient({ target: http(port, opening), ...opening });
  },
};

/** A client of one wire, with the admin key unless another is given. */
export function openClient<Wire extends WireName>(
  wire: Wire,
  port: number,
  opening: ClientOpening = {},
): Promise<SubjectClients[Wire]> {
  // Hundreds of streams may share one signal.
  setMaxListeners(0);
  return openers[wire](port, { key: adminKey, ...opening });
}

/** A client of the server itself, by the wire's own port, and over TLS if the server has it. */
export const connectClient = <Wire extends WireName>(
  address: Address,
  wire: Wire,
  opening: ClientOpening = {},
): Promise<SubjectClients[Wire]> => {
  const { host, ca, key = adminKey } = address;
  return openClient(wire, portOf(address, wire), { key, ...opening, host, ca });
};

/** The client with its calls counted: the requests that a scenario makes of its wire. */
export function counted<Of extends object>(client: Of): { client: Of; requests: () => number } {
  let requests = 0;
  const counting = new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || name === 'close') return value;
      return (...args: unknown[]) => {
        requests += 1;
        return value.apply(target, args);
      };
    },
  });
  return { client: counting, requests: () => requests };
}
