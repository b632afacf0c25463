import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { getRequestListener, RequestError } from '@hono/node-server';
import { invalid, toPaymentsError } from '../core/errors.ts';
import { callerOf, type IncomingRequest, type RestCaller, type Room } from './caller.ts';
import { answerProblem } from './errors.ts';

type Outgoing = ServerResponse | Http2ServerResponse;
type Fetch = Parameters<typeof getRequestListener>[0];

const waitsForever = { signal: new AbortController().signal };

/**
 * Passes requests to `fetch`. Anything that breaks there or in the adapter is logged and answered
 * with `internal`, and no promise rejects.
 */
export function createListener(
  room: Room,
  fetch: Fetch,
): (incoming: IncomingRequest, outgoing: Outgoing) => void {
  /** The request that the adapter wraps; it has done so when it returns. */
  let taken: IncomingRequest | undefined;

  function answerBroken(thrown: unknown, caller: RestCaller): Response {
    const error = toPaymentsError(thrown);
    caller.observation.end(error.code, error.cause);
    return answerProblem(error, caller);
  }

  const strangerOf = (incoming: IncomingRequest | undefined): RestCaller =>
    callerOf(room, incoming ?? ({ headers: {} } as IncomingMessage), waitsForever);

  /** A request that could not be wrapped: its target or Host is not a URL (RFC 9110 §7.1). */
  async function answerBadTarget({ message }: RequestError, incoming: IncomingRequest | undefined) {
    const caller = strangerOf(incoming);
    const error = invalid({
      path: [],
      code: 'invalid_target',
      message: `expected a URL: ${message}`,
    });
    return answerProblem(await room.core.refuse(caller, error), caller);
  }

  const listener = getRequestListener(fetch, {
    errorHandler: (error) =>
      error instanceof RequestError
        ? answerBadTarget(error, taken)
        : answerBroken(error, strangerOf(undefined)),
  });

  return (incoming, outgoing) => {
    taken = incoming;
    listener(incoming, outgoing).catch((thrown: unknown) => {
      console.error(thrown);
      outgoing.destroy();
    });
    taken = undefined;
  };
}
