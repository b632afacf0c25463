import { type ClientHttp2Session, connect } from 'node:http2';
import { Pool } from 'undici';
import { protobufType } from './accept.ts';

/** One request to the REST room. */
export interface Outgoing {
  readonly method: 'GET' | 'POST';
  /** Includes the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

export interface Reply {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: string;
  /** The body, if it is a message and not text. */
  readonly message: Buffer | undefined;
}

/** Sends the client's requests. */
export interface RestTransport {
  /** @throws Error if no response came; a response is returned whatever its status */
  send(request: Outgoing): Promise<Reply>;
  close(): Promise<void>;
}

function lost(target: string, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Error(`Expected an answer from ${target}, lost the connection: ${message}`, { cause });
}

/** A transport's server, and its maximum of `connections`. */
export interface ServerAddress {
  readonly target: string;
  readonly connections: number;
  /** PEM of the only trusted authority. Defaults to those that Node trusts. */
  readonly ca: string | undefined;
}

/** HTTP/1.1, one request at a time on each connection. */
export function openHttp1({ target, connections, ca }: ServerAddress): RestTransport {
  // By default undici uses the HTTP/2 that a server over TLS may offer.
  const pool = new Pool(target, {
    connections,
    pipelining: 1,
    allowH2: false,
    ...(ca && { connect: { ca } }),
  });
  return {
    async send({ method, path, headers, body, signal }) {
      try {
        const reply = await pool.request({
          method,
          path,
          headers,
          body: body ?? null,
          ...(signal && { signal }),
        });
        const { etag, 'content-type': type } = reply.headers;
        const isMessage = type === protobufType;
        return {
          status: reply.statusCode,
          etag: typeof etag === 'string' ? etag : undefined,
          body: isMessage ? '' : await reply.body.text(),
          message: isMessage ? Buffer.from(await reply.body.arrayBuffer()) : undefined,
        };
      } catch (thrown) {
        throw signal?.aborted ? thrown : lost(target, thrown);
      }
    },
    close: () => pool.close(),
  };
}

/** HTTP/2, in cleartext with prior knowledge; calls use the connections in turn. */
export function openHttp2({ target, connections, ca }: ServerAddress): RestTransport {
  const sessions: (ClientHttp2Session | undefined)[] = Array.from({ length: connections });
  let turn = 0;
  function nextSession(): ClientHttp2Session {
    turn = (turn + 1) % connections;
    const at = turn;
    const open = sessions[at];
    if (open && !open.closed && !open.destroyed) return open;
    const session = connect(target, ca ? { ca } : {});
    // Each stream reports the failure to its own call.
    session.on('error', () => {});
    sessions[at] = session;
    return session;
  }
  return {
    send: ({ method, path, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const fail = (cause: unknown) =>
          reject(signal?.aborted ? (signal.reason ?? cause) : lost(target, cause));
        const stream = nextSession().request(
          { ...headers, ':method': method, ':path': path },
          { endStream: body === undefined, ...(signal && { signal }) },
        );
        let status = 0;
        let etag: string | undefined;
        let text = '';
        let chunks: Buffer[] | undefined;
        stream.on('response', (head) => {
          status = head[':status'] ?? 0;
          etag = head.etag;
          if (head['content-type'] === protobufType) chunks = [];
          else stream.setEncoding('utf8');
        });
        stream.on('data', (chunk: string | Buffer) => {
          if (typeof chunk === 'string') text += chunk;
          else chunks?.push(chunk);
        });
        stream.on('end', () => {
          const message = chunks && Buffer.concat(chunks);
          if (status !== 0) resolve({ status, etag, body: text, message });
        });
        stream.on('error', fail);
        stream.on('close', () => fail(new Error('the stream was closed without an answer')));
        if (body !== undefined) stream.end(body);
      }),
    async close() {
      const open = sessions.filter((session) => session !== undefined && !session.destroyed);
      await Promise.all(
        open.map((session) => new Promise<void>((resolve) => session?.close(resolve))),
      );
    },
  };
}
