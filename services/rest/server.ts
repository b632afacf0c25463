import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import {
  getRequestListener,
  type Http2Bindings,
  type HttpBindings,
  RequestError,
} from '@hono/node-server';
import { type Context, Hono } from 'hono';
import {
  type ErrorCode,
  invalid,
  notFound,
  PaymentsError,
  toPaymentsError,
} from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import { type CallName, operations } from '../core/operations.ts';
import type { Front } from '../wire/front.ts';
import { requestIdOf } from '../wire/request-id.ts';
import { jsonType, typeToAnswer } from './accept.ts';
import { type Call, type Handler, loadProtobuf } from './call.ts';
import { callerOf, type Incoming, type RestCaller } from './caller.ts';
import * as customers from './customers.ts';
import { errorPage } from './docs.ts';
import { answerMethodNotAllowed, answerProblem } from './errors.ts';
import { bodyTag, isKnown } from './etag.ts';
import * as events from './events.ts';
import * as keys from './keys.ts';
import * as payments from './payments.ts';
import { listOf, readQuery } from './query.ts';
import * as refunds from './refunds.ts';
import { type Route, routes } from './routes.ts';
import { endOfTurn } from './turn.ts';
import { requireKnownVersion } from './version.ts';

type Outgoing = ServerResponse | Http2ServerResponse;
type RestContext = Context<{ Bindings: HttpBindings | Http2Bindings }>;

const handlers: Readonly<Record<CallName, Handler>> = {
  createPayment: payments.createPayment,
  getPayment: payments.getPayment,
  getPaymentsByIds: payments.getPaymentsByIds,
  listPayments: payments.listPayments,
  confirmPayment: payments.confirmPayment,
  capturePayment: payments.capturePayment,
  cancelPayment: payments.cancelPayment,
  refundPayment: refunds.refundPayment,
  getRefund: refunds.getRefund,
  listRefunds: refunds.listRefunds,
  getRefundsByPaymentIds: refunds.getRefundsByPaymentIds,
  createCustomer: customers.createCustomer,
  getCustomer: customers.getCustomer,
  getCustomersByIds: customers.getCustomersByIds,
  listCustomers: customers.listCustomers,
  listEvents: events.listEvents,
  createKey: keys.createKey,
  revokeKey: keys.revokeKey,
};

const callerIn = (context: RestContext): RestCaller =>
  callerOf(context.env.incoming, context.req.raw);

/** Routes of one method and path: the one that a query parameter asks for, or the one without. */
function pickRoute(candidates: readonly Route[], query: Call['query']): Route | undefined {
  return (
    candidates.find(({ when }) => when !== undefined && query[when] !== undefined) ??
    candidates.find(({ when }) => when === undefined)
  );
}

/** Errors that settle who calls, or that the caller has no part in. */
const overrides: ReadonlySet<ErrorCode> = new Set(['unauthenticated', 'permission_denied']);

/**
 * The error to answer. A request that could not be decoded never reached the core: who sent it,
 * and how often, is settled here first, so that garbage costs its sender as much as sense.
 */
async function settled(core: Core, call: Call, error: PaymentsError): Promise<PaymentsError> {
  if (call.caller.receipt.rate || overrides.has(error.code)) return error;
  try {
    await core.admit(call.caller, { tokens: operations[call.route.operation].price });
    return error;
  } catch (refusal) {
    return toPaymentsError(refusal);
  }
}

/** The call, to be answered with the message of its route. */
async function withMessage(call: Call): Promise<Call> {
  const { route, query } = call;
  if (!route.messages) return call;
  const { answerCodec } = await loadProtobuf();
  const codec = answerCodec(route.messages.answer);
  const ids = listOf(query.ids ?? []);
  return { ...call, toMessage: (output) => codec.encode(output, ids) };
}

async function serve(
  core: Core,
  candidates: readonly Route[],
  context: RestContext,
): Promise<Response> {
  const { incoming } = context.env;
  const query = readQuery(context.req.url);
  const route = pickRoute(candidates, query);
  const caller = callerIn(context);
  const { path } = context.req;
  if (!route) return answerProblem(notFound('page', path), caller, path);
  const id = context.req.param('id');
  let call: Call = { incoming, route, path, id, query, caller, toMessage: undefined };
  try {
    requireKnownVersion(caller.version);
    const type = typeToAnswer(incoming.headers.accept, route, query);
    if (type !== jsonType) call = await withMessage(call);
    const answer = await handlers[route.operation](core, call);
    // Writes have been brought together by their commit already.
    if (route.method === 'GET') await endOfTurn();
    return answer;
  } catch (thrown) {
    const error = await settled(core, call, failureOf(thrown, caller.requestId));
    return answerProblem(error, caller, path);
  }
}

/** Core logs its own failures; what broke outside of it is logged here, under the request's id. */
function failureOf(thrown: unknown, requestId: string): PaymentsError {
  if (!(thrown instanceof PaymentsError)) console.error(requestId, thrown);
  return toPaymentsError(thrown);
}

function answerThrown(thrown: unknown, context: Context): Response {
  const caller = callerIn(context);
  return answerProblem(failureOf(thrown, caller.requestId), caller, context.req.path);
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
const errorsPath = '/docs/errors';
const errorPath = '/docs/errors/{code}';
const places = placesOf([
  ...routes,
  ...[openApiPath, errorsPath, errorPath].map((path) => ({ method: 'GET', path })),
]);

/** What no route took: an unknown path, or a known one with another method. */
function answerRest(context: RestContext): Response {
  const { path, method } = context.req;
  const caller = callerIn(context);
  const allow = places.find(({ pattern }) => pattern.test(path))?.methods.join(', ');
  if (allow === undefined) return answerProblem(notFound('page', path), caller, path);
  if (method === 'OPTIONS') {
    const headers = { allow, 'x-request-id': caller.requestId };
    return new Response(null, { status: 204, headers });
  }
  return answerMethodNotAllowed(caller, method, path, allow);
}

/** A page that is the same for everybody, and changes only with the program. */
function answerStatic(context: RestContext, contentType: string, body: string): Response {
  const tag = bodyTag(body);
  const headers = {
    'content-type': contentType,
    'cache-control': 'public, max-age=300',
    etag: tag,
    'x-request-id': callerIn(context).requestId,
  };
  return isKnown(context.env.incoming.headers['if-none-match'], tag)
    ? new Response(null, { status: 304, headers })
    : new Response(body, { status: 200, headers });
}

/** A request that never became one: a target or a Host that is no URL (RFC 9110 §7.1). */
const answerBadTarget = (error: unknown): Response => {
  const caller: RestCaller = { requestId: requestIdOf(undefined), receipt: {} };
  return answerProblem(
    error instanceof RequestError
      ? invalid({ path: [], code: 'invalid_target', message: `expected a URL: ${error.message}` })
      : toPaymentsError(error),
    caller,
  );
};

/**
 * The REST room as a listener of `node:http` and, on HTTP/2, of `node:http2` alike.
 * It answers every request: what it does not know with 404, as problem details.
 */
export function createRestListener(
  core: Core,
  _front: Partial<Front> = {},
): (incoming: Incoming, outgoing: Outgoing) => void {
  const app = new Hono<{ Bindings: HttpBindings | Http2Bindings }>();
  for (const [key, candidates] of Map.groupBy(routes, ({ method, path }) => `${method} ${path}`)) {
    const [method = '', path = ''] = key.split(' ');
    app.on(method, path.replace('{id}', ':id'), (context) => serve(core, candidates, context));
  }
  const openApi = readFileSync(new URL('../../schema/openapi.json', import.meta.url), 'utf8');
  app.get(openApiPath, (context) => answerStatic(context, 'application/json', openApi));
  app.get(errorsPath, (context) =>
    answerStatic(context, 'text/html; charset=utf-8', errorPage(undefined) ?? ''),
  );
  app.get(errorPath.replace('{code}', ':code'), (context) => {
    const page = errorPage(context.req.param('code'));
    if (page !== undefined) return answerStatic(context, 'text/html; charset=utf-8', page);
    return answerProblem(notFound('page', context.req.path), callerIn(context), context.req.path);
  });
  app.notFound(answerRest);
  app.onError((thrown, context) => answerThrown(thrown, context));
  const listener = getRequestListener(app.fetch, { errorHandler: answerBadTarget });
  return (incoming, outgoing) => void listener(incoming, outgoing);
}
