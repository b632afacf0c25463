import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Session } from '../../core/invoke.ts';
import type { Accepted } from '../accept.ts';
import type { Sender } from '../caller.ts';
import type { GraphqlContext } from '../context.ts';
import type { DocumentCaller, PreparedRequest } from '../execution.ts';
import type { GraphqlRequest } from '../request.ts';

/** What the plugins find out about one request, each for those after it. */
export interface RequestState {
  readonly caller: Sender;
  readonly accepted: Accepted;
  /** Once the key is found good. */
  session?: Session;
  /** Once the request is read. */
  request?: GraphqlRequest;
  /** Once its document may run. */
  prepared?: PreparedRequest;
}

/** Yoga's server context: Node's request and response, and the state of the request. */
export interface ServerContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  state: RequestState;
}

/** A plugin of this room's Yoga server. */
export type RoomPlugin = Plugin<ServerContext, ServerContext, GraphqlContext>;

/** What an earlier plugin has set. */
function required<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`Expected a ${what} by now, got none.`);
  return value;
}

export const knownCaller = ({ caller, session }: RequestState): DocumentCaller => ({
  ...caller,
  session: required(session, 'session'),
});

export const preparedIn = ({ prepared }: RequestState): PreparedRequest =>
  required(prepared, 'prepared document');

export const requestOf = ({ request }: RequestState): GraphqlRequest =>
  required(request, 'request');

/** One result; a batch of requests is refused before it comes to one. */
export const isOne = (result: object): result is ExecutionResult =>
  !Array.isArray(result) && !isMany(result);

export const isMany = (result: object): result is AsyncIterable<ExecutionResult> =>
  Symbol.asyncIterator in result;
