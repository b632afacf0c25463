import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import {
  type CallOptions,
  type Client,
  createInProcessClient,
} from '../../services/core/client.ts';
import type { Ports } from '../../services/core/ports.ts';
import { createGraphqlClient, type GraphqlClient } from '../../services/graphql/client.ts';
import {
  createGraphqlRoom,
  type GraphqlRoom,
  type GraphqlRoomOptions,
} from '../../services/graphql/server.ts';
import { graphqlHost } from '../graphql-host.ts';
import { adminKey, type House, openHouse } from '../house.ts';

/** The GraphQL room alone, listening, around a house of its own. */
export interface GraphqlHouse {
  readonly house: House;
  readonly room: GraphqlRoom;
  readonly target: string;
  /** The core without a protocol, with all scopes. */
  readonly direct: Client;
  readonly client: GraphqlClient;
  /** What the room reported as internal. */
  readonly reported: unknown[];
  connect(key: string | undefined): Promise<GraphqlClient>;
  close(): Promise<void>;
}

export async function openGraphqlHouse(
  options: GraphqlRoomOptions = {},
  wrap: (house: House) => House['core'] = ({ core }) => core,
  ports: Partial<Ports> = {},
): Promise<GraphqlHouse> {
  const house = await openHouse('sqlite::memory:', ports);
  const reported: unknown[] = [];
  const room = createGraphqlRoom(wrap(house), {
    report: (cause) => reported.push(cause),
    host: graphqlHost,
    ...options,
  });
  const server = createServer(room.listener).on('upgrade', room.upgrade);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on TCP.
  const { port } = server.address() as { port: number };
  const target = `http://127.0.0.1:${port}`;
  const clients: GraphqlClient[] = [];
  const connect = async (key: string | undefined) => {
    const client = await createGraphqlClient({ target, key, connections: 4 });
    clients.push(client);
    return client;
  };
  return {
    house,
    room,
    target,
    direct: createInProcessClient(house.core, adminKey),
    client: await connect(adminKey),
    reported,
    connect,
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await room.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await house.close();
    },
  };
}

export const once = (): CallOptions => ({ idempotencyKey: randomUUID() });

export const simple = { amount: 1000, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any response of the server
  readonly body: any;
}

export interface Post {
  readonly key?: string | undefined;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a body as it is, or a value as JSON. */
export async function post(
  target: string,
  body: unknown,
  { key = adminKey, accept = 'application/json', headers = {} }: Post = {},
): Promise<Answer> {
  const reply = await fetch(`${target}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept,
      ...(key !== '' && { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return answerOf(reply);
}

/** The response's JSON, or its text if it is not JSON. */
export async function answerOf(reply: Response): Promise<Answer> {
  const text = await reply.text();
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Left as text.
  }
  return { status: reply.status, headers: reply.headers, body };
}
