import type { ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import { refusalHeaders } from './errors.ts';
import type { Outcome } from './execution.ts';

/** What the room knows of a request by the time that yoga sees it. */
export interface YogaContext {
  readonly run: () => Promise<Outcome>;
}

export type RoomYoga = YogaServerInstance<YogaContext, object>;

/**
 * Makes yoga negotiate the media type and write the answer, and leave the rest to the room: the
 * request was read before, and execution is one for all transports.
 */
const runByRoom: Plugin<YogaContext> = {
  onRequestParse({ setRequestParser }) {
    setRequestParser(() => ({ query: '' }));
  },
  onParams({ setParamsHandler }) {
    setParamsHandler(async ({ context }) => {
      // Yoga's own type of the handler knows nothing of the server's part of the context.
      const outcome = await (context as unknown as YogaContext).run();
      if ('stream' in outcome) return outcome.stream;
      if ('result' in outcome) return outcome.result;
      const { errors, status, wellFormed } = outcome.refusal;
      const http = { status, spec: wellFormed, headers: refusalHeaders(outcome.refusal) };
      for (const error of errors) Object.assign(error.extensions, { http });
      return { errors: [...errors] };
    });
  },
};

/** Yoga for this room: its media types, its event streams and its executor. */
export const createRoomYoga = (schema: GraphQLSchema): RoomYoga =>
  createYoga<YogaContext>({
    schema,
    plugins: [runByRoom],
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
