import { Pool } from 'undici';
import {
  type CallOptions,
  type Calls,
  type ClientOptions,
  type Closable,
  type ConditionalPayment,
  callsOf,
  type Screen,
  type Streams,
  streamsOf,
} from '../core/client.ts';
import type { EventStream } from '../core/events/follow.ts';
import type { CallName, InputOf, OutputOf } from '../core/operations.ts';
import {
  decodeOutput,
  decodePayment,
  decodeScreen,
  type GraphqlPayment,
  type GraphqlScreen,
} from './client-codecs.ts';
import { found, type Json, lost, resultOf } from './client-results.ts';
import { encodeVariables, inputNames } from './client-variables.ts';
import { createWatcher } from './client-watch.ts';
import { operationDocuments, paymentDocumentId, screenDocument } from './documents.ts';

/** The client of this room: every wire's client, and what only GraphQL can do. */
export interface GraphqlClient extends Calls, Streams<EventStream>, Closable {
  /**
   * One document instead of one call for the list, one for the customer and one for each payment.
   */
  getScreen(customerId: string): Promise<Screen>;
  /** By GET of a persisted document. @param etag of the caller's copy. Optional. */
  getPaymentPersisted(id: string, etag?: string): Promise<ConditionalPayment>;
}

const mediaType = 'application/graphql-response+json';

/** Creates a client that opens its connections at first use. */
export async function createGraphqlClient(options: ClientOptions): Promise<GraphqlClient> {
  const { target, ca, key, connections = 1 } = options;
  // HTTP/1.1, even if a server over TLS offers HTTP/2, which undici would use.
  const pool = new Pool(target, {
    connections,
    pipelining: 1,
    allowH2: false,
    ...(ca && { connect: { ca } }),
  });
  const authorization = key === undefined ? undefined : `Bearer ${key}`;
  const getHeaders = { accept: mediaType, ...(authorization && { authorization }) };
  const postHeaders = { ...getHeaders, 'content-type': 'application/json' };

  async function request(how: Parameters<typeof pool.request>[0], signal?: AbortSignal) {
    try {
      const answer = await pool.request({ ...how, ...(signal && { signal }) });
      const { etag } = answer.headers;
      return {
        status: answer.statusCode,
        etag: typeof etag === 'string' ? etag : '',
        body: await answer.body.text(),
      };
    } catch (thrown) {
      throw signal?.aborted ? thrown : lost(target, thrown);
    }
  }

  function send(query: string, variables: Json, signal?: AbortSignal) {
    const body = JSON.stringify({ query, variables });
    const post = { path: '/graphql', method: 'POST', headers: postHeaders, body } as const;
    return request(post, signal);
  }

  const call =
    <Name extends CallName>(name: Name) =>
    async (input: InputOf<Name>, { idempotencyKey, signal }: CallOptions = {}) => {
      const variables = encodeVariables(name, input as Json);
      const keyed = idempotencyKey === undefined ? variables : { ...variables, idempotencyKey };
      const answer = await send(operationDocuments[name], keyed, signal);
      const result = resultOf(answer, inputNames[name]);
      // The output has the type that its operation declares.
      return decodeOutput[name](result, input as Json) as OutputOf<Name>;
    };
  const watcher = createWatcher(target, ca, authorization);

  return {
    ...callsOf(call),
    ...streamsOf(watcher.watch),
    async getScreen(customerId) {
      const answer = await send(screenDocument, { id: customerId });
      return decodeScreen(found(resultOf(answer), 'customer', customerId) as GraphqlScreen);
    },
    async getPaymentPersisted(id, etag) {
      const search = new URLSearchParams({
        documentId: paymentDocumentId,
        variables: JSON.stringify({ id }),
      });
      const headers = etag === undefined ? getHeaders : { ...getHeaders, 'if-none-match': etag };
      const path = `/graphql?${search}`;
      const answer = await request({ path, method: 'GET', headers });
      if (answer.status === 304) return { etag: answer.etag, payment: undefined };
      const payment = found(resultOf(answer), 'payment', id) as GraphqlPayment;
      return { etag: answer.etag, payment: decodePayment(payment) };
    },
    async close() {
      watcher.close();
      await pool.close();
    },
  };
}
