import { type ClientHttp2Session, connect } from 'node:http2';
import { Pool } from 'undici';

/** One request to the REST room. */
export interface Outgoing {
  readonly method: 'GET' | 'POST';
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Reply {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: string;
}

/** How the client's requests travel. */
export interface Transport {
  /** @throws Error when no answer came; whatever the answer's status, it is returned */
  send(request: Outgoing): Promise<Reply>;
  close(): Promise<void>;
}

function lost(target: string, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Error(`Expected an answer from ${target}, lost the connection: ${message}`, { cause });
}

/** HTTP/1.1 over at most `connections` kept connections, one request at a time on each. */
export function openHttp1(target: string, connections: number): Transport {
  const pool = new Pool(target, { connections, pipelining: 1 });
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
        const { etag } = reply.headers;
        return {
          status: reply.statusCode,
          etag: typeof etag === 'string' ? etag : undefined,
          body: await reply.body.text(),
        };
      } catch (thrown) {
        throw signal?.aborted ? thrown : lost(target, thrown);
      }
    },
    close: () => pool.close(),
  };
}

/** HTTP/2 in clear text, calls spread in turn over `connections` connections. */
export function openHttp2(target: string, connections: number): Transport {
  const sessions: (ClientHttp2Session | undefined)[] = Array.from({ length: connections });
  let turn = 0;
  function nextSession(): ClientHttp2Session {
    turn = (turn + 1) % connections;
    const at = turn;
    const open = sessions[at];
    if (open && !open.closed && !open.destroyed) return open;
    const session = connect(target);
    // Each stream tells of the failure to the call that it belongs to.
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
        stream.setEncoding('utf8');
        stream.on('response', (head) => {
          status = head[':status'] ?? 0;
          etag = head.etag;
        });
        stream.on('data', (chunk: string) => {
          text += chunk;
        });
        stream.on('end', () => {
          if (status !== 0) resolve({ status, etag, body: text });
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
