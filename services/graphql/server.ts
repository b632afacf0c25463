import type { RequestListener } from 'node:http';
import { toPaymentsError } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import { createAddressOf } from '../wire/address.ts';
import type { Front } from '../wire/front.ts';
import { defaultTimings, type Timings } from '../wire/http/event-stream.ts';
import { createAllowsOrigin } from '../wire/http/origin.ts';
import { requestIdOf } from '../wire/request-id.ts';
import type { OpenRoom } from '../wire/room.ts';
import { createExecution } from './execution.ts';
import type { HttpHost } from './host.ts';
import { createLeanListener } from './lean.ts';
import { createPaymentsSchema } from './schema.ts';
import type { SocketLimits } from './socket-connection.ts';
import { createSockets } from './sockets.ts';
import { createYogaListener } from './yoga.ts';

/** graphql-yoga, or Node's own request and response with as little around them as possible. */
export type GraphqlHost = 'yoga' | 'lean';

/** Bounds of one response. */
export const answerLimits: { readonly maxAnswerBytes: number; readonly readMs: number } = {
  /** Large enough for a page of the largest payments, which core ends at 3 MiB. */
  maxAnswerBytes: 4 * 1024 * 1024,
  /** How long a client may take to read a response, which stays in memory until then. */
  readMs: 60_000,
};

export interface GraphqlRoomOptions extends Partial<Front> {
  /** The HTTP host. Defaults to `yoga`. */
  readonly host?: GraphqlHost | undefined;
  /**
   * False turns batching off, so that the bench can show what the loaders save. Defaults to true.
   */
  readonly loaders?: boolean | undefined;
  /** Whether introspection is allowed. Defaults to true. */
  readonly introspection?: boolean | undefined;
  /** Maximum document cost. Defaults to 500. */
  readonly maxCost?: number | undefined;
  /** Bounds of one WebSocket connection. */
  readonly sockets?: Partial<SocketLimits> | undefined;
  /** How event streams are kept alive and bounded. */
  readonly events?: Partial<Timings> | undefined;
  /** Bounds of responses. */
  readonly answers?: Partial<typeof answerLimits> | undefined;
  /** Reports a failure that clients see as `internal`. Defaults to the log of the core. */
  readonly report?: ((cause: unknown, requestId: string) => void) | undefined;
}

export interface GraphqlRoom {
  /** Documents by POST and GET, and event streams, on one path. */
  readonly listener: RequestListener;
  /** Upgrades to the WebSocket subprotocol `graphql-transport-ws`. */
  readonly upgrade: ReturnType<typeof createSockets>['upgrade'];
  /** Ends every stream and connection. */
  close(): Promise<void>;
}

/**
 * The GraphQL room: one execution behind HTTP and WebSocket.
 *
 * A document's way, file by file:
 * - in by `yoga.ts` and its plugins or by `lean.ts` (`accept.ts`, `request.ts`), or by
 *   `sockets.ts`; from whom by `caller.ts`;
 * - `execution.ts`: prepared (`prepared.ts`), its cost counted (`cost.ts`), admitted, executed;
 * - `schema.ts` over `schema/payments.graphql`: the resolvers of `payments.ts`, `refunds.ts`,
 *   `customers.ts`, `events.ts`, `keys.ts` and `node.ts`, made of `context.ts` (one resource),
 *   `connection.ts` (lists), `mutation.ts` (writes) and `loaders.ts` (what objects lead to);
 * - out by the same transport (`responses.ts`, `event-stream.ts`); what failed, by `errors.ts`.
 *
 * The other side is `client.ts`, with `client-codecs.ts`, `client-results.ts`, `client-watch.ts`;
 * both sides know `documents.ts` (some are persisted) and `enums.ts`.
 */
export function createGraphqlRoom(core: Core, options: GraphqlRoomOptions = {}): GraphqlRoom {
  const schema = createPaymentsSchema();
  const closing = new AbortController();
  const timings = { ...defaultTimings, ...options.events };
  const { maxAnswerBytes, readMs } = { ...answerLimits, ...options.answers };
  // Logged and counted there; takes no token, because the request already took its own.
  const report =
    options.report ??
    ((cause: unknown, requestId: string) => {
      core.refuse({ requestId }, toPaymentsError(cause)).catch(console.error);
    });
  const introspection = options.introspection ?? true;
  const execution = createExecution(core, schema, {
    loaders: options.loaders ?? true,
    introspection,
    maxCost: options.maxCost ?? 500,
    maxAnswerBytes,
    report,
  });
  const { addressOf = createAddressOf(0), allowsOrigin = createAllowsOrigin([]) } = options;
  const sockets = createSockets(core, execution, { addressOf, allowsOrigin }, options.sockets);
  const host: HttpHost = {
    core,
    execution,
    addressOf,
    readMs,
    blockedMs: timings.blockedMs,
    introspection,
    events: { ...timings, closing: closing.signal },
    report: (cause) => report(cause, requestIdOf(undefined)),
  };
  return {
    listener: options.host === 'lean' ? createLeanListener(host) : createYogaListener(host),
    upgrade: sockets.upgrade,
    async close() {
      closing.abort();
      await sockets.close();
    },
  };
}

/** Serves documents and upgrades on one path. */
export function open(
  core: Core,
  options: Front & {
    readonly graphqlHost: GraphqlRoomOptions['host'];
    readonly graphqlLoaders: boolean;
  },
): OpenRoom {
  const { addressOf, allowsOrigin, graphqlHost: host, graphqlLoaders: loaders } = options;
  const room = createGraphqlRoom(core, { addressOf, allowsOrigin, host, loaders });
  const { listener, upgrade, close } = room;
  return { routes: [{ path: '/graphql', listener, upgrade }], close };
}
