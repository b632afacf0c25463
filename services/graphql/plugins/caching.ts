import type { HttpHost } from '../host.ts';
import { cacheableResponse } from '../responses.ts';
import { isOne, type RoomPlugin, requestOf } from './context.ts';
import { respond } from './responses.ts';

/** Lets caches keep what a GET of a persisted document reads (`ETag`, 304), and nothing else. */
export const useCaching = ({ readMs }: HttpHost): RoomPlugin => ({
  onResultProcess(answered) {
    const { result, serverContext } = answered;
    const { req, state } = serverContext;
    const { accepted, caller } = state;
    if (req.method !== 'GET' || !accepted.json) return;
    if (!isOne(result) || result.data === undefined) return;
    const ifNoneMatch = req.headers['if-none-match'];
    const { requestId } = caller;
    const request = requestOf(state);
    const response = cacheableResponse(request, result, ifNoneMatch, accepted.json, requestId);
    respond(answered, response, readMs);
    caller.observation.end('ok');
  },
});
