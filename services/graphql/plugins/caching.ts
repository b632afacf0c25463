import { cacheableResponse } from '../responses.ts';
import { isOne, type RoomPlugin, requestOf } from './context.ts';
import { toFetchResponse } from './responses.ts';

/** Lets caches keep what a GET of a persisted document reads (`ETag`, 304), and nothing else. */
export const useCaching = (): RoomPlugin => ({
  onResultProcess({ result, serverContext: { state, req }, setResultProcessor }) {
    const { accepted, caller } = state;
    if (req.method !== 'GET' || !accepted.json) return;
    if (!isOne(result) || result.data === undefined) return;
    const response = cacheableResponse(
      requestOf(state),
      result,
      req.headers['if-none-match'],
      accepted.json,
      caller.requestId,
    );
    setResultProcessor((_, fetchAPI) => toFetchResponse(response, fetchAPI), accepted.json);
  },
});
