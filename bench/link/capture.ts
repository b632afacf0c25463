import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import {
  connect,
  createServer as createHttp2Server,
  type IncomingHttpHeaders as H2,
  type ServerHttp2Stream,
} from 'node:http2';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { WebSocket, WebSocketServer } from 'ws';

/** A request and its answer, as they went over the link. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: Buffer;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: Buffer;
  /** HTTP/2 only: gRPC's status is here. */
  readonly trailers: Readonly<Record<string, string>>;
}

/** The server behind a link. */
export interface CaptureTarget {
  readonly host: string;
  readonly port: number;
  /** PEM of the authority that vouches for it. Clear text if omitted. */
  readonly ca?: string | undefined;
}

/** A frame of WebSocket, as text. */
export interface Frame {
  readonly from: 'client' | 'server';
  readonly text: string;
}

/** A link that writes down what goes over it. Never in a timed path. */
export interface Capture<Item> {
  readonly port: number;
  readonly items: readonly Item[];
  close(): Promise<void>;
}

const host = '127.0.0.1';

const flat = (headers: IncomingHttpHeaders | H2): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** A reverse proxy for HTTP/1.1, one exchange at a time. */
export async function captureHttp1(to: CaptureTarget): Promise<Capture<Exchange>> {
  const items: Exchange[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const requestBody = await buffer(incoming);
    const target = { ...to, method, path: url, headers };
    const upstream = (to.ca ? httpsRequest : httpRequest)(target, async (answer) => {
      const responseBody = await buffer(answer);
      items.push({
        method,
        path: url,
        requestHeaders: flat(headers),
        requestBody,
        status: answer.statusCode ?? 0,
        responseHeaders: flat(answer.headers),
        responseBody,
        trailers: {},
      });
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers).end(responseBody);
    });
    upstream.on('error', () => outgoing.destroy());
    upstream.end(requestBody);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    items,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A reverse proxy for HTTP/2 in clear text: unary gRPC with its trailers. */
export async function captureHttp2(to: CaptureTarget): Promise<Capture<Exchange>> {
  const items: Exchange[] = [];
  const upstream = connect(`http${to.ca ? 's' : ''}://${to.host}:${to.port}`, { ca: to.ca });
  const server = createHttp2Server();
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', async (stream: ServerHttp2Stream, headers: H2) => {
    const requestBody = await buffer(stream);
    const hasBody = requestBody.length > 0;
    const forwarded = upstream.request(headers, { endStream: !hasBody });
    let responseHeaders: H2 = {};
    let trailers: H2 = {};
    forwarded.on('response', (head) => {
      responseHeaders = head;
    });
    forwarded.on('trailers', (tail) => {
      trailers = tail;
    });
    if (hasBody) forwarded.end(requestBody);
    const responseBody = await buffer(forwarded);
    items.push({
      method: String(headers[':method']),
      path: String(headers[':path']),
      requestHeaders: flat(headers),
      requestBody,
      status: Number(responseHeaders[':status'] ?? 0),
      responseHeaders: flat(responseHeaders),
      responseBody,
      trailers: flat(trailers),
    });
    const waitForTrailers = Object.keys(trailers).length > 0;
    // An answer of headers alone ends with them: gRPC reports failures so.
    const endStream = responseBody.length === 0 && !waitForTrailers;
    stream.respond(responseHeaders, { waitForTrailers, endStream });
    if (waitForTrailers) stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    if (!endStream) stream.end(responseBody);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    items,
    async close() {
      upstream.destroy();
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The frames of WebSocket connections, both ways. */
export async function captureWebsocket(to: CaptureTarget, path: string): Promise<Capture<Frame>> {
  const items: Frame[] = [];
  const server = new WebSocketServer({
    port: 0,
    host,
    handleProtocols: ([first]) => first ?? false,
  });
  server.on('connection', (client, request) => {
    const protocols = client.protocol === '' ? [] : [client.protocol];
    const { authorization } = request.headers;
    const upstream = new WebSocket(
      `ws${to.ca ? 's' : ''}://${to.host}:${to.port}${path}`,
      protocols,
      { ca: to.ca, headers: { ...(authorization && { authorization }) } },
    );
    const early: string[] = [];
    client.on('message', (data) => {
      items.push({ from: 'client', text: String(data) });
      if (upstream.readyState === WebSocket.OPEN) upstream.send(String(data));
      else early.push(String(data));
    });
    upstream.on('open', () => {
      for (const text of early) upstream.send(text);
    });
    upstream.on('message', (data) => {
      items.push({ from: 'server', text: String(data) });
      client.send(String(data));
    });
    upstream.on('error', () => client.terminate());
    upstream.on('close', () => client.close());
    client.on('close', () => upstream.close());
  });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    items,
    async close() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
