import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Ports } from '../../services/core/ports.ts';
import { createRestListener } from '../../services/rest/server.ts';
import type { Front } from '../../services/wire/front.ts';
import { adminKey, type House, openHouse } from '../house.ts';

/** The REST room alone, listening on both protocols, around a house of its own. */
export interface RestServer {
  readonly house: House;
  readonly http1: string;
  readonly http2: string;
  readonly port: number;
  close(): Promise<void>;
}

/** @param changes ports that take the place of the usual ones */
export async function openRestServer(
  changes: Partial<Ports> = {},
  front: Partial<Front> = {},
): Promise<RestServer> {
  const house = await openHouse(undefined, changes);
  const listener = createRestListener(house.core, front);
  const http1 = createServer(listener);
  const http2 = createHttp2Server(listener);
  const sessions = new Set<{ destroy(): void }>();
  http2.on('session', (session) => sessions.add(session));
  const portOf = async (server: typeof http1 | typeof http2) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A server that listens on TCP has an address of this kind.
    return (server.address() as AddressInfo).port;
  };
  const port = await portOf(http1);
  return {
    house,
    port,
    http1: `http://127.0.0.1:${port}`,
    http2: `http://127.0.0.1:${await portOf(http2)}`,
    async close() {
      http1.closeAllConnections();
      for (const session of sessions) session.destroy();
      await Promise.all([http1, http2].map((server) => new Promise((done) => server.close(done))));
      await house.close();
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into JSON of many shapes.
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the test is about
  readonly json: any;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The API key; null sends none. */
  readonly key?: string | null;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: BodyInit;
}

let keys = 0;
/** An idempotency key that was not used before. */
export const freshKey = (): string => `key-${process.pid}-${keys++}`;

/** Sends a request with fetch. Defaults to the admin key, and to a new idempotency key on POST. */
export async function ask(url: string, asking: Asking = {}): Promise<Answer> {
  const { key = adminKey, json, body } = asking;
  const method = asking.method ?? (json !== undefined || body !== undefined ? 'POST' : 'GET');
  const response = await fetch(url, {
    method,
    headers: {
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...(method === 'POST' && { 'idempotency-key': freshKey() }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...asking.headers,
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
    ...(body !== undefined && { body, duplex: 'half' }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    json: isJson && text !== '' ? JSON.parse(text) : text,
  };
}

export const card = { amount: 1000, currency: 'GBP', payment_method: 'pm_card_ok' } as const;

/** A REST server with one customer. */
export interface RestShop extends RestServer {
  readonly customer: string;
  /** Creates and confirms a payment of the customer, with other fields if given. */
  pay(more?: object): Promise<Answer['json']>;
}

export async function openRestShop(): Promise<RestShop> {
  const server = await openRestServer();
  const created = await ask(`${server.http1}/v1/customers`, { json: { name: 'Ada' } });
  const customer: string = created.json.id;
  const pay = async (more: object = {}) => {
    const json = { ...card, confirm: true, customer, ...more };
    return (await ask(`${server.http1}/v1/payments`, { json })).json;
  };
  return { ...server, customer, pay };
}
