import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { parse } from 'graphql';
import { handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import type { Front } from '../wire/front.ts';
import { maxBodyBytes } from '../wire/http/body.ts';
import type { HttpRefusal } from '../wire/http/refusal.ts';
import { answerRefusal, closing, foreignOrigin, malformed } from '../wire/http/upgrade.ts';
import { requestIdOf } from '../wire/request-id.ts';
import { callerOfUpgrade } from './caller.ts';
import { refusalOf } from './errors.ts';
import type { Execution, ExecutionOutcome, Transport } from './execution.ts';
import { requestIn } from './request.ts';
import {
  type ConnectionParams,
  defaultSocketLimits,
  type ProtocolServer,
  type SocketConnection,
  type SocketLimits,
  serveSocket,
} from './socket-connection.ts';
import type { SocketOperation } from './socket-operations.ts';

/** What this transport carries. */
const anything: Transport = { readOnly: false, streams: true };

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every connection with 1012 once its operations have ended. */
  close(): Promise<void>;
}

// The protocol's server picks `execute` or `subscribe` by the document. The documents of this room
// have run by then: these two only report which of both it was.
const answered = parse('{ __typename }');
const streaming = parse('subscription { __typename }');

/**
 * Documents over WebSocket, `graphql-transport-ws`. A connection is authenticated once, by its
 * `Authorization` header or `connectionParams.authorization`, and closed with 4401 when the key is
 * revoked. All results have their request id in their `extensions`.
 *
 * Pings have a payload, which the protocol allows and has no other word for. When a subscription
 * has begun: its id as `subscribed`, its `requestId`, and in `positions` the sequence after which
 * every wanted event is delivered. With each heartbeat: in `positions` how far each subscription
 * has come, by its id. A client that was cut resumes after the larger of the last position and the
 * last event that it got.
 */
export function createSockets(
  core: Core,
  execution: Execution,
  { addressOf, allowsOrigin }: Front,
  given: Partial<SocketLimits> = {},
): Sockets {
  const limits: SocketLimits = { ...defaultSocketLimits, ...given };
  const connections = new Map<SocketConnection, Promise<void>>();
  const server = createProtocol(core, execution, limits);
  // `closeTimeout` is missing in the package's types; a variable may have more members than they
  // declare.
  const settings = {
    noServer: true,
    clientTracking: false,
    maxPayload: maxBodyBytes,
    closeTimeout: limits.closeMs,
    // Pongs wait for the peer like all other messages, so that they are bounded with them.
    autoPong: false,
    handleProtocols,
  };
  const upgraded = new WebSocketServer(settings);
  upgraded.on('headers', (headers, request) => {
    headers.push(`x-request-id: ${request.headers['x-request-id']}`);
  });
  upgraded.on('wsClientError', ({ message }, socket, request) => {
    refuse(request, socket, malformed(message, request));
  });
  let isClosing = false;

  function refuse(request: IncomingMessage, socket: Duplex, refusal: HttpRefusal): void {
    const caller = callerOfUpgrade(request, addressOf(request));
    // A failure while an error is sent ends only this connection.
    answerRefusal(core, caller, socket, refusal).catch(() => socket.destroy());
  }

  return {
    upgrade(request, socket, head) {
      const { headers } = request;
      headers['x-request-id'] = requestIdOf(headers['x-request-id']?.toString());
      const refusal = isClosing ? closing() : foreignOrigin(request, allowsOrigin);
      if (refusal) return refuse(request, socket, refusal);
      const address = addressOf(request);
      upgraded.handleUpgrade(request, socket, head, (webSocket) => {
        const connection = serveSocket(core, server, webSocket, request, address, limits);
        const closed = new Promise<void>((resolve) => {
          webSocket.once('close', () => {
            connections.delete(connection);
            resolve();
          });
        });
        connections.set(connection, closed);
      });
    },
    async close() {
      isClosing = true;
      upgraded.close();
      const closed = [...connections.values()];
      for (const connection of connections.keys()) connection.restart();
      await Promise.all(closed);
    },
  };
}

/** The protocol: what graphql-ws does with the messages of a connection. */
function createProtocol(core: Core, execution: Execution, limits: SocketLimits): ProtocolServer {
  return makeServer<ConnectionParams, SocketConnection>({
    connectionInitWaitTimeout: limits.initMs,
    onConnect: ({ extra, connectionParams }) => extra.authenticate(connectionParams),
    async onSubscribe({ extra }, key, payload) {
      const operation = extra.operations.byKey(key);
      if (!operation) throw new Error(`Expected an operation that runs, got ${key}.`);
      const answer = await run(core, execution, extra, operation, payload, limits);
      if ('refusal' in answer) return answer.refusal.errors;
      const document = 'stream' in answer ? streaming : answered;
      if ('stream' in answer) extra.operations.streams(operation, answer.stream);
      return { schema: execution.schema, document, rootValue: undefined, contextValue: answer };
    },
    execute: ({ contextValue }) => resultOf(contextValue),
    subscribe: ({ contextValue }) => resultOf(contextValue),
    onOperation({ extra }, key, _payload, { contextValue }) {
      const operation = extra.operations.byKey(key);
      if (!isStream(contextValue) || !operation || operation.signal.aborted) return;
      const { requestId, stream } = contextValue;
      const { id } = operation;
      extra.ping({ subscribed: id, requestId, positions: { [id]: stream.start } });
    },
  });
}

async function run(
  core: Core,
  execution: Execution,
  { operations, begin }: SocketConnection,
  operation: SocketOperation,
  { query, operationName, variables, extensions }: SubscribePayload,
  limits: SocketLimits,
): Promise<Answer> {
  const caller = begin(operation);
  const { requestId, session } = caller;
  const refused = async (error: PaymentsError): Promise<Answer> => ({
    refusal: refusalOf(await core.refuse(caller, error), requestId),
    requestId,
  });
  if (!session) return refused(new PaymentsError('unauthenticated', 'Expected connection_init.'));
  if (operations.running > limits.operations) {
    const most = `Expected at most ${limits.operations} operations at once, got one more.`;
    return refused(new PaymentsError('rate_limited', most));
  }
  try {
    const given = requestIn({ query, operationName, variables, extensions });
    const known = { ...caller, session };
    return { ...(await execution.run(given, known, anything)), requestId };
  } catch (thrown) {
    return refused(toPaymentsError(thrown));
  }
}

type Answer = ExecutionOutcome & { readonly requestId: string };

/** The value that `onSubscribe` stored there. */
const isStream = (answer: unknown): answer is Extract<Answer, { stream: unknown }> =>
  typeof answer === 'object' && answer !== null && 'stream' in answer;

function resultOf(answer: unknown) {
  if (isStream(answer)) return answer.stream;
  const { result, requestId } = answer as Extract<Answer, { result: unknown }>;
  return { ...result, extensions: { ...result.extensions, requestId } };
}
