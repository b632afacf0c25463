import type { ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import { eventStreamHeaders } from '../wire/http/event-stream.ts';
import { type EventStreamOptions, eventStreamOf } from './event-stream.ts';
import type { ResultStream } from './subscription.ts';

/** What a request came to by the time that yoga sees it. */
export interface YogaContext {
  readonly results: ExecutionResult | ResultStream;
}

export type RoomYoga = YogaServerInstance<YogaContext, object>;

/** Yoga's own types of the context know nothing of the server's part. */
const resultsIn = (context: object) => (context as YogaContext).results;

/** Makes yoga write the results as an event stream, and leave the rest to the room. */
const resultsOfRoom = (options: EventStreamOptions): Plugin<YogaContext> => ({
  onRequestParse({ setRequestParser }) {
    setRequestParser(() => ({ query: '' }));
  },
  onParams({ setResult, context }) {
    setResult(resultsIn(context));
  },
  onResultProcess({ serverContext, setResultProcessor }) {
    const results = resultsIn(serverContext);
    setResultProcessor(
      (_result, fetchAPI) => eventStreamOf(results, fetchAPI, options),
      eventStreamHeaders['content-type'],
    );
  },
});

/** Yoga for this room: its event streams and its executor. */
export const createRoomYoga = (schema: GraphQLSchema, options: EventStreamOptions): RoomYoga =>
  createYoga<YogaContext>({
    schema,
    plugins: [resultsOfRoom(options)],
    // What the room does before yoga, or does not do at all.
    batching: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    logging: false,
    maskedErrors: false,
    multipart: false,
    parserAndValidationCache: false,
  });

export type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/**
 * Yoga's executor without its HTTP. It takes half of the time of graphql 17's own `execute`, which
 * makes an AbortController and, when it ends, a DOMException with its stack for every document,
 * and keeps collected fields in weak maps under keys of one request, so that garbage survives
 * into the old generation.
 */
export const executeOf = (yoga: RoomYoga): Execute => yoga.getEnveloped().execute;
