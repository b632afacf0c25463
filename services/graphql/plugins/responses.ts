import type { FetchAPI } from 'graphql-yoga';
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

/** A response in the form that Yoga sends. */
export const toFetchResponse = (
  { status, headers, body }: HttpResponse,
  { Response }: FetchAPI,
): Response => new Response(body ?? null, { status, headers });

/**
 * Writes results and refusals as JSON, in place of Yoga's own writer: by q-values of `Accept`, with
 * the places of errors as they are known (Yoga's makes every error anew, and looks for its line in
 * the text of the document), and with a bound for clients that do not read.
 */
export const useJsonResponses = ({ readMs }: HttpHost): RoomPlugin => ({
  onResultProcess({ result, serverContext: { state, res }, setResultProcessor }) {
    const { caller, accepted } = state;
    if (!isOne(result) || result.data === undefined || !accepted.json) return;
    const response = resultResponse(result, accepted.json, caller.requestId);
    requireReader(res, response.length, readMs);
    setResultProcessor((_, fetchAPI) => toFetchResponse(response, fetchAPI), accepted.json);
  },
});

/** Answers what was thrown anywhere on the way, and so is there in place of a result. */
export const useRefusals = ({ execution }: HttpHost): RoomPlugin => ({
  async onResultProcess({ result, serverContext: { state, req, res }, setResultProcessor }) {
    if (!isOne(result) || result.data !== undefined) return;
    const { caller, session, request, accepted } = state;
    const [error] = result.errors ?? [];
    const mediaType = mediaTypeOf(accepted);
    if (!request) closeAfterUnread(req, res);
    try {
      const refusal = await execution.refuse(error?.originalError ?? error, { ...caller, session });
      const wellFormed = request !== undefined;
      const response = refusalResponse(refusal, wellFormed, mediaType, caller.requestId);
      setResultProcessor((_, fetchAPI) => toFetchResponse(response, fetchAPI), mediaType);
    } catch {
      // The last net: Yoga would answer with the error and its stack.
      res.destroy();
    }
  },
});
