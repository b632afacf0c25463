import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CallOptions,
  type Calls,
  type Client,
  type ClientOptions,
  type ConditionalPayment,
  callsOf,
  type Screen,
  streamsOf,
  type WatchOptions,
} from '../core/client.ts';
import { PaymentsError } from '../core/errors.ts';
import type { Event } from '../core/events/event.ts';
import type { CallName, InputOf, OutputOf, WatchInput } from '../core/operations.ts';
import {
  type CustomerJson,
  decodeCustomer,
  decodePage,
  decodePayment,
  decodeRefund,
  outputs,
  type PageJson,
  type PaymentJson,
  type RefundJson,
} from '../wire/json.ts';
import { encodeInput } from '../wire/json-input.ts';
import { toSnake } from '../wire/names.ts';
import { decodeProblem } from '../wire/problem.ts';
import { jsonType, protobufType } from './accept.ts';
import { hasMessages, type Route, routes } from './routes.ts';
import { openHttp1, openHttp2, type Reply, type RestTransport } from './transport.ts';
import { currentVersion } from './version.ts';

export interface RestClientOptions extends ClientOptions {
  /** HTTP/2, in cleartext with prior knowledge. Defaults to HTTP/1.1. */
  readonly http2?: boolean | undefined;
  /** `application/protobuf` for everything that has a message, both ways. Defaults to JSON. */
  readonly protobuf?: true | undefined;
  /** Pause between two reads of a stream that found nothing. Defaults to 250. */
  readonly pollMs?: number | undefined;
}

/** The client of this room: every wire's client, and what only HTTP caching can do. */
export interface RestClient extends Client {
  /** @param etag of the caller's copy. Optional. */
  getPaymentConditionally(id: string, etag?: string): Promise<ConditionalPayment>;
  /**
   * One request with `?expand=` instead of one call for the list, one for the customer and one for
   * each payment.
   */
  getScreen(customerId: string): Promise<Screen>;
}

const pageOfEvents = 100;

/** Creates a client that opens its connections at first use. */
export async function createRestClient(options: RestClientOptions): Promise<RestClient> {
  const { target, ca, key, connections = 1, pollMs = 250 } = options;
  const transport = (options.http2 ? openHttp2 : openHttp1)({ target, connections, ca });
  const headers: Record<string, string> = {
    accept: jsonType,
    'payments-version': currentVersion,
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
  };

  const protobuf = options.protobuf && (await import('./protobuf.ts'));
  const calls = callsOver({ transport, headers, protobuf });
  return {
    ...calls,
    ...streamsOf(() => (input, options) => pollEvents(calls, input, options, pollMs)),
    async getPaymentConditionally(id, known) {
      const reply = await transport.send({
        method: 'GET',
        path: `/v1/payments/${encodeURIComponent(id)}`,
        headers: known === undefined ? headers : { ...headers, 'if-none-match': known },
      });
      const { etag = '' } = reply;
      if (reply.status === 304) return { etag, payment: undefined };
      return { etag, payment: decodePayment(jsonOf(reply) as PaymentJson) };
    },
    async getScreen(customerId) {
      const path = `/v1/customers/${encodeURIComponent(customerId)}?expand=payments.refunds`;
      return decodeScreen(jsonOf(await transport.send({ method: 'GET', path, headers })));
    },
    close: () => transport.close(),
  };
}

type ExpandedPaymentJson = PaymentJson & { readonly refunds: PageJson<RefundJson> };

function decodeScreen(json: unknown): Screen {
  // Sent by a server of this project.
  const body = json as CustomerJson & { readonly payments: PageJson<ExpandedPaymentJson> };
  return {
    customer: decodeCustomer(body),
    payments: decodePage(body.payments, decodePayment).items,
    refunds: body.payments.data.map(({ refunds }) => refunds.data.map(decodeRefund)),
  };
}

/** The response's JSON. @throws PaymentsError if the response is a problem */
function jsonOf(reply: Reply): unknown {
  if (reply.status < 300) return JSON.parse(reply.body);
  let problem: unknown;
  try {
    problem = JSON.parse(reply.body);
  } catch {
    throw new Error(`Expected JSON, got status ${reply.status} and '${reply.body.slice(0, 80)}'.`);
  }
  throw decodeProblem(problem as Parameters<typeof decodeProblem>[0]);
}

/** A value in a query; lists as `a,b`. */
const queryValue = (value: unknown): string =>
  Array.isArray(value) ? value.map(queryValueOfOne).join(',') : queryValueOfOne(value);

const queryValueOfOne = (value: unknown): string => encodeURIComponent(String(value));

function searchOf(route: Route, fields: Readonly<Record<string, unknown>>): string {
  const pairs: string[] = [];
  for (const name in fields) {
    const value = fields[name];
    // An empty list means no filter, unless the list picks the route.
    if (value === undefined || (Array.isArray(value) && !value.length && route.when !== name)) {
      continue;
    }
    pairs.push(`${encodeURIComponent(name)}=${queryValue(value)}`);
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** What all calls of a client share. */
interface Line {
  readonly transport: RestTransport;
  readonly headers: Readonly<Record<string, string>>;
  /** Set if the client speaks protobuf. */
  readonly protobuf: Protobuf | undefined;
}

type Protobuf = typeof import('./protobuf.ts');

/** How a call's body and response are encoded. */
interface Writing<Name extends CallName> {
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  encode(input: InputOf<Name>, fields: unknown): string | Uint8Array;
  decode(reply: Reply): OutputOf<Name>;
}

const asJson = <Name extends CallName>({ headers }: Line, name: Name): Writing<Name> => ({
  headers,
  contentType: jsonType,
  encode: (_input, fields) => JSON.stringify(fields),
  decode: (reply) => outputs[name].decode(jsonOf(reply)),
});

const asMessages = <Name extends CallName>(
  { headers }: Line,
  name: Name,
  { decodeAnswer, encodeBody }: Protobuf,
): Writing<Name> => ({
  headers: { ...headers, accept: protobufType },
  contentType: protobufType,
  encode: (input) => encodeBody(name, input),
  decode: (reply) =>
    reply.message ? decodeAnswer(name, reply.message) : outputs[name].decode(jsonOf(reply)),
});

function callOver<Name extends CallName>(line: Line, route: Route, name: Name) {
  const { transport, protobuf } = line;
  const { method, path: template, idField } = route;
  const [before = '', after = ''] = template.split('{id}');
  const idName = toSnake(idField ?? '');
  const { headers, contentType, encode, decode } =
    protobuf && hasMessages(route) ? asMessages(line, name, protobuf) : asJson(line, name);
  return async (input: InputOf<Name>, options: CallOptions = {}): Promise<OutputOf<Name>> => {
    const { idempotencyKey, signal } = options;
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    const fields = isObject ? encodeInput({ ...input }) : {};
    let path = template;
    if (idField !== undefined) {
      path = `${before}${encodeURIComponent(String(fields[idName]))}${after}`;
      delete fields[idName];
    }
    const isRead = method === 'GET';
    const reply = await transport.send({
      method,
      path: isRead ? path + searchOf(route, fields) : path,
      headers: isRead
        ? headers
        : {
            ...headers,
            'content-type': contentType,
            ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
          },
      ...(!isRead && { body: encode(input, isObject ? fields : input) }),
      signal,
    });
    return decode(reply);
  };
}

const callsOver = (line: Line): Calls =>
  callsOf((name) => {
    const route = routes.find((row) => row.operation === name);
    if (!route) throw new Error(`Expected a route of ${name} in the table, found none.`);
    return callOver(line, route, name);
  });

/**
 * Finds the sequence of the newest event. REST has no way to ask for it, but sequences have no gap:
 * a small read shows whether there is one after N, so a binary search finds the end.
 */
async function lastSequence(
  calls: Pick<Calls, 'listEvents'>,
  signal: AbortSignal,
): Promise<number> {
  const isPast = async (sequence: number) => {
    try {
      const page = await calls.listEvents({ after: sequence, limit: 1 }, { signal });
      // A page may end before its first item.
      return page.items.length === 0 && !page.hasMore;
    } catch (error) {
      if (error instanceof PaymentsError && error.code === 'position_out_of_range') return true;
      throw error;
    }
  };
  let known = 0;
  let past = 0;
  for (let step = 1; !(await isPast(past)); step *= 2) {
    known = past + 1;
    past += step;
  }
  while (known < past) {
    const middle = Math.floor((known + past) / 2);
    if (await isPast(middle)) past = middle;
    else known = middle + 1;
  }
  return past;
}

/** Watches by polling: the only way on a wire without a stream. */
async function pollEvents(
  calls: Pick<Calls, 'listEvents'>,
  { after, types }: WatchInput,
  { signal }: WatchOptions,
  pollMs: number,
): Promise<AsyncIterable<Event>> {
  let last = after ?? (await lastSequence(calls, signal));
  /** Where the next page starts: after everything that was looked at. */
  let from: { readonly after: number } | { readonly cursor: string } = { after: last };
  const read = () => calls.listEvents({ ...from, types, limit: pageOfEvents }, { signal });
  let page = await read();
  async function* poll(): AsyncGenerator<Event, void, void> {
    try {
      for (;;) {
        for (const event of page.items) {
          if (event.sequence <= last) continue;
          last = event.sequence;
          yield event;
          if (signal.aborted) return;
        }
        if (page.nextCursor !== null) from = { cursor: page.nextCursor };
        else if (page.items.length > 0) from = { after: last };
        if (!page.hasMore) await sleep(pollMs, undefined, { signal });
        page = await read();
      }
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    }
  }
  return poll();
}
