import { readFileSync } from 'node:fs';
import type { Http2Bindings, HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { notFound, PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import { type CallName, operations } from '../core/operations.ts';
import { createAddressOf } from '../wire/address.ts';
import type { Front } from '../wire/front.ts';
import { bodyTag, isKnown, requireMatch } from '../wire/http/conditional.ts';
import { methodNotAllowed } from '../wire/http/method.ts';
import { listOf, readQuery } from '../wire/http/query.ts';
import { pathOf } from '../wire/http/target.ts';
import type { OpenRoom } from '../wire/room.ts';
import { endOfTurn } from '../wire/turn.ts';
import { jsonType, typeToAnswer } from './accept.ts';
import { type Handler, loadProtobuf, type RestCall } from './call.ts';
import { callerOf, type IncomingRequest, type RestCaller, type Room } from './caller.ts';
import { customerHandlers } from './customers.ts';
import { answerProblem } from './errors.ts';
import { forbidsToAdd } from './etag.ts';
import { eventHandlers } from './events.ts';
import { keyHandlers } from './keys.ts';
import { createListener } from './listener.ts';
import { paymentHandlers } from './payments.ts';
import { refundHandlers } from './refunds.ts';
import { type Route, routes } from './routes.ts';
import { requireKnownVersion } from './version.ts';

type RestContext = Context<{ Bindings: HttpBindings | Http2Bindings }>;

const handlers: Readonly<Record<CallName, Handler>> = {
  ...paymentHandlers,
  ...refundHandlers,
  ...customerHandlers,
  ...eventHandlers,
  ...keyHandlers,
};

const callerIn = (context: RestContext, room: Room): RestCaller =>
  callerOf(room, context.env.incoming, context.req.raw);

/**
 * Responds to a thrown error. Core counts it and settles who calls and how often, if it has not
 * yet.
 */
async function answerThrown(
  thrown: unknown,
  { core }: Room,
  caller: RestCaller,
  incoming: IncomingRequest,
  operation?: CallName,
): Promise<Response> {
  const error = await core.refuse(caller, toPaymentsError(thrown), operation);
  return answerProblem(error, caller, pathOf(incoming.url ?? '/'));
}

/** Routes of one method and path: those picked by a query parameter, and the one without. */
function pickRoute(candidates: readonly Route[], query: RestCall['query']): Route | undefined {
  return (
    candidates.find(({ when }) => when !== undefined && query[when] !== undefined) ??
    candidates.find(({ when }) => when === undefined)
  );
}

/** The call, if its response is to be the message of its route. */
async function withMessage(call: RestCall): Promise<RestCall> {
  const { route, query } = call;
  const { encodeAnswer } = await loadProtobuf();
  const ids = listOf(query.ids ?? []);
  return { ...call, toMessage: (output) => encodeAnswer(route.operation, output, ids) };
}

/** @throws PaymentsError `version_mismatch` if a precondition forbids adding to a list */
async function requireAddable(core: Core, { incoming, route, caller }: RestCall): Promise<void> {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = incoming.headers;
  if (route.idField !== undefined || !forbidsToAdd(ifMatch, ifNoneMatch)) return;
  // Only evaluated for a request that would succeed otherwise (RFC 9110 §13.2.1).
  const { tokens, scope } = operations[route.operation];
  await core.admit(caller, { tokens, scopes: [scope] });
  throw new PaymentsError(
    'version_mismatch',
    'Expected no condition on the list but If-Match: *, got one that is false.',
  );
}

async function serve(
  room: Room,
  candidates: readonly Route[],
  context: RestContext,
): Promise<Response> {
  const { incoming } = context.env;
  const query = readQuery(context.req.url);
  const route = pickRoute(candidates, query);
  const caller = callerIn(context, room);
  const { path } = context.req;
  if (!route) return answerThrown(notFound('page', path), room, caller, incoming);
  caller.observation.operation = route.operation;
  const id = context.req.param('id');
  let call: RestCall = { incoming, route, path, id, query, caller, toMessage: undefined };
  try {
    requireKnownVersion(caller.version);
    // A client that waits for `100 Continue` gets an error first (RFC 9110 §10.1.1).
    if (incoming.headers.expect !== undefined) await room.core.authenticate(caller);
    const type = typeToAnswer(incoming.headers.accept, route, query);
    if (type !== jsonType) call = await withMessage(call);
    if (route.method === 'POST') await requireAddable(room.core, call);
    const answer = await handlers[route.operation](room.core, call);
    // The commit has already grouped writes.
    if (route.method === 'GET') await endOfTurn();
    caller.observation.end('ok');
    return answer;
  } catch (thrown) {
    return answerThrown(thrown, room, caller, incoming, route.operation);
  }
}

interface Place {
  readonly pattern: RegExp;
  readonly methods: string[];
}

/** The methods of each path, for `Allow`. */
function placesOf(paths: readonly { readonly method: string; readonly path: string }[]): Place[] {
  const methodsOf = new Map<string, Set<string>>();
  for (const { method, path } of paths) {
    const methods = methodsOf.get(path) ?? new Set(['OPTIONS']);
    methods.add(method);
    if (method === 'GET') methods.add('HEAD');
    methodsOf.set(path, methods);
  }
  return [...methodsOf].map(([path, methods]) => ({
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
    methods: [...methods].sort(),
  }));
}

const openApiPath = '/openapi.json';
const places = placesOf([...routes, { method: 'GET', path: openApiPath }]);

/** Requests without a route: an unknown path, or a known one with another method. */
function answerRest(context: RestContext, room: Room): Response | Promise<Response> {
  const { path, method } = context.req;
  const { incoming } = context.env;
  const caller = callerIn(context, room);
  const allow = places.find(({ pattern }) => pattern.test(path))?.methods.join(', ');
  if (allow === undefined) {
    return answerThrown(notFound('page', pathOf(incoming.url ?? '/')), room, caller, incoming);
  }
  if (method === 'OPTIONS') {
    const headers = { allow, 'x-request-id': caller.requestId };
    caller.observation.end('ok');
    return new Response(null, { status: 204, headers });
  }
  return answerThrown(methodNotAllowed(method, allow), room, caller, incoming);
}

/** The contract of this room, which changes only with the program. */
function createContract(room: Room): (context: RestContext) => Response | Promise<Response> {
  const body = readFileSync(new URL('../../schema/openapi.json', import.meta.url), 'utf8');
  const tag = bodyTag(body);
  return (context) => {
    const { incoming } = context.env;
    const caller = callerIn(context, room);
    try {
      const given = incoming.headers;
      requireMatch(given['if-match'], tag);
      const headers = {
        'content-type': 'application/json',
        'cache-control': 'public, max-age=300',
        etag: tag,
        'x-request-id': caller.requestId,
      };
      caller.observation.end('ok');
      return isKnown(given['if-none-match'], tag)
        ? new Response(null, { status: 304, headers })
        : new Response(body, { status: 200, headers });
    } catch (thrown) {
      return answerThrown(thrown, room, caller, incoming);
    }
  };
}

/**
 * Makes the REST room as a listener of `node:http` and, on HTTP/2, of `node:http2`. It responds to
 * every request: to unknown paths with 404, as problem details.
 */
export function createRestListener(
  core: Core,
  { addressOf = createAddressOf([]) }: Partial<Front> = {},
): ReturnType<typeof createListener> {
  const room: Room = { core, addressOf };
  const app = new Hono<{ Bindings: HttpBindings | Http2Bindings }>();
  for (const [key, candidates] of Map.groupBy(routes, ({ method, path }) => `${method} ${path}`)) {
    const [method = '', path = ''] = key.split(' ');
    app.on(method, path.replace('{id}', ':id'), (context) => serve(room, candidates, context));
  }
  app.get(openApiPath, createContract(room));
  app.notFound((context) => answerRest(context, room));
  app.onError((thrown, context) =>
    answerThrown(thrown, room, callerIn(context, room), context.env.incoming),
  );
  return createListener(room, app.fetch);
}

/** Serves every path that no other room has. */
export const open = (core: Core, front: Front): OpenRoom => ({
  routes: [{ listener: createRestListener(core, front) }],
  close: async () => {},
});
