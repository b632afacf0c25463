import type { HttpHost } from '../host.ts';
import {
  closeAfterUnread,
  type HttpResponse,
  mediaTypeOf,
  refusalResponse,
  requireReader,
  resultResponse,
} from '../responses.ts';
import { isOne, type RoomPlugin } from './context.ts';

type Answered = Parameters<NonNullable<RoomPlugin['onResultProcess']>>[0];

/** Makes Yoga send a response, to a client that reads it in time. */
export function respond(
  { serverContext: { state, res }, setResultProcessor }: Answered,
  { status, headers, body, length }: HttpResponse,
  readMs: number,
): void {
  requireReader(res, length, readMs);
  setResultProcessor(
    (_, { Response }) => new Response(body ?? null, { status, headers }),
    mediaTypeOf(state.accepted),
  );
}

/**
 * Writes the results of POST as JSON, in place of Yoga's own writer: by q-values of `Accept`, with
 * the places of errors as they are known (Yoga's makes every error anew, and looks for its line in
 * the text of the document), and with a bound for clients that do not read.
 */
export const useJsonResponses = ({ readMs }: HttpHost): RoomPlugin => ({
  onResultProcess(answered) {
    const { result, serverContext } = answered;
    const { accepted, caller } = serverContext.state;
    if (serverContext.req.method !== 'POST' || !accepted.json) return;
    if (!isOne(result) || result.data === undefined) return;
    respond(answered, resultResponse(result, accepted.json, caller.requestId), readMs);
    caller.observation.end('ok');
  },
});

/** Answers what was thrown anywhere on the way, and so is there in place of a result. */
export function useRefusals({ execution, readMs }: HttpHost): RoomPlugin {
  async function refuse(answered: Answered, thrown: unknown): Promise<void> {
    const { state, req, res } = answered.serverContext;
    const { caller, session, request, accepted } = state;
    if (!request) closeAfterUnread(req, res);
    try {
      const refusal = await execution.refuse(thrown, { ...caller, session });
      const isRequest = request !== undefined;
      const mediaType = mediaTypeOf(accepted);
      respond(answered, refusalResponse(refusal, isRequest, mediaType, caller.requestId), readMs);
    } catch {
      // The last net: Yoga would answer with the error and its stack.
      res.destroy();
    }
  }

  return {
    onResultProcess(answered) {
      const { result } = answered;
      if (!isOne(result) || result.data !== undefined) return undefined;
      const [error] = result.errors ?? [];
      return refuse(answered, error?.originalError ?? error);
    },
  };
}
