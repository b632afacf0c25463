import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { parse } from 'graphql';
import {
  type Context,
  handleProtocols,
  MessageType,
  makeServer,
  type SubscribePayload,
  stringifyMessage,
} from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Core, Session } from '../core/invoke.ts';
import { bearerToken } from '../wire/bearer.ts';
import { callerOnConnection } from './caller.ts';
import { refusalOf } from './errors.ts';
import type { Execution, Outcome } from './execution.ts';
import { maxBodyBytes } from './http.ts';
import { requestIn } from './request.ts';

/** Bounds of one connection: what it may cost the others. */
export const socketLimits = {
  /** A peer that says nothing for so long holds a socket and no right to it. */
  initMs: 5000,
  /** Operations at once; each subscription may keep a thousand events for a slow reader. */
  operations: 32,
  /** Answers that the peer does not take: past it the connection is closed. */
  bufferedBytes: 4 * 1024 * 1024,
  /** Below the idle timeouts of common proxies (60 s for nginx and AWS load balancers). */
  pingMs: 20_000,
  /** How long the peer may take to answer the closing handshake. */
  closeMs: 1000,
} as const;

/** Close codes of all WebSocket wires here; 4401 is also that of the protocol. */
const closeCodes = { restart: 1012, tooSlow: 1013, unauthenticated: 4401 } as const;

interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  /** Closes the connection of a revoked key. */
  readonly revoke: () => void;
  session?: Session;
}

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

// The protocol's server picks `execute` or `subscribe` by the document. The documents of this room
// have run by then: these two only say which of both the outcome is.
const answered = parse('{ __typename }');
const streaming = parse('subscription { __typename }');

/**
 * Documents over WebSocket, `graphql-transport-ws`. A connection is authenticated once, by its
 * `Authorization` header or `connectionParams.authorization`, and closed with 4401 when the key is
 * revoked. When a subscription has begun, the server sends a `ping` with its id as `subscribed` and
 * its `requestId`, which the protocol allows and has no other word for: whatever is committed after
 * it is delivered. All other answers have the request id in their `extensions`.
 */
export function createSockets(core: Core, execution: Execution): Sockets {
  const server = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: socketLimits.initMs,
    onConnect: (context) => authenticate(core, context),
    async onSubscribe(context, _id, payload) {
      const answer = await run(execution, context, payload);
      if ('refusal' in answer) return answer.refusal.errors;
      const document = 'stream' in answer ? streaming : answered;
      return { schema: execution.schema, document, rootValue: undefined, contextValue: answer };
    },
    execute: ({ contextValue }) => resultOf(contextValue),
    subscribe: ({ contextValue }) => resultOf(contextValue),
    onOperation({ extra }, id, _payload, { contextValue }) {
      if (!isStream(contextValue)) return;
      const payload = { subscribed: id, requestId: contextValue.requestId };
      extra.socket.send(stringifyMessage({ type: MessageType.Ping, payload }));
    },
  });
  const upgraded = new WebSocketServer({
    noServer: true,
    maxPayload: maxBodyBytes,
    handleProtocols,
  });

  function opened(socket: WebSocket, request: IncomingMessage): void {
    const revoke = () => socket.close(closeCodes.unauthenticated, 'The API key was revoked.');
    const extra: Extra = { socket, request, revoke };
    let alive = true;
    const ping = setInterval(() => {
      if (!alive) return socket.terminate();
      alive = false;
      socket.ping();
    }, socketLimits.pingMs);
    socket.on('pong', () => {
      alive = true;
    });
    // The library closes the socket itself; without a listener the process would end.
    socket.on('error', () => {});
    const closed = server.opened(
      {
        protocol: socket.protocol,
        // Resolves when the kernel has taken the message: a stream waits for its reader here.
        send: (message) =>
          new Promise((resolve) => {
            if (socket.bufferedAmount > socketLimits.bufferedBytes) {
              socket.close(closeCodes.tooSlow, 'answers are not taken');
            }
            if (socket.readyState !== socket.OPEN) resolve();
            else socket.send(message, () => resolve());
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) => {
          socket.on('message', (message) => {
            take(String(message)).catch(() => socket.close(1011, 'internal'));
          });
        },
      },
      extra,
    );
    socket.on('close', (code, reason) => {
      clearInterval(ping);
      extra.session?.revoked.removeEventListener('abort', extra.revoke);
      void closed(code, String(reason));
    });
  }

  return {
    upgrade(request, socket, head) {
      upgraded.handleUpgrade(request, socket, head, opened);
    },
    async close() {
      const open = [...upgraded.clients];
      for (const socket of open) socket.close(closeCodes.restart, 'the server restarts');
      upgraded.close();
      const deadline = setTimeout(() => {
        for (const socket of open) socket.terminate();
      }, socketLimits.closeMs);
      await Promise.all(
        open.map((socket) => new Promise((resolve) => socket.once('close', resolve))),
      );
      clearTimeout(deadline);
    },
  };
}

/** @returns false where the connection is closed instead of acknowledged */
async function authenticate(
  core: Core,
  { extra, connectionParams }: Context<Record<string, unknown>, Extra>,
): Promise<boolean> {
  const { socket, request } = extra;
  const given = connectionParams?.authorization ?? connectionParams?.Authorization;
  const authorization = request.headers.authorization ?? given;
  try {
    const session = await core.authenticate({
      credential: typeof authorization === 'string' ? bearerToken(authorization) : undefined,
      requestId: 'graphql-ws',
    });
    extra.session = session;
    session.revoked.addEventListener('abort', extra.revoke, { once: true });
    return true;
  } catch (thrown) {
    // A reason has at most 123 bytes (RFC 6455 §5.5).
    socket.close(closeCodes.unauthenticated, toPaymentsError(thrown).message.slice(0, 120));
    return false;
  }
}

async function run(
  execution: Execution,
  { extra, subscriptions }: Context<Record<string, unknown>, Extra>,
  { query, operationName, variables, extensions }: SubscribePayload,
): Promise<Answer> {
  const { session, request } = extra;
  const caller = callerOnConnection(session, request);
  const { requestId } = caller;
  const refused = (error: PaymentsError): Answer => ({
    refusal: refusalOf(error, requestId),
    requestId,
  });
  if (!session) return refused(new PaymentsError('unauthenticated', 'Expected connection_init.'));
  if (Object.keys(subscriptions).length > socketLimits.operations) {
    const most = `Expected at most ${socketLimits.operations} operations at once.`;
    return refused(new PaymentsError('rate_limited', most));
  }
  try {
    const given = requestIn({ query, operationName, variables, extensions });
    return { ...(await execution.run(given, caller, session, false)), requestId };
  } catch (thrown) {
    return refused(toPaymentsError(thrown));
  }
}

type Answer = Outcome & { readonly requestId: string };

/** What `onSubscribe` put there. */
const isStream = (answer: unknown): answer is Extract<Answer, { stream: unknown }> =>
  typeof answer === 'object' && answer !== null && 'stream' in answer;

function resultOf(answer: unknown) {
  if (isStream(answer)) return answer.stream;
  const { result, requestId } = answer as Extract<Answer, { result: unknown }>;
  return { ...result, extensions: { ...result.extensions, requestId } };
}
