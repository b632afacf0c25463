import { acceptedBy } from '../accept.ts';
import { callerOf } from '../caller.ts';
import { notAcceptable } from '../execution.ts';
import type { HttpHost } from '../host.ts';
import { readRequest } from '../request.ts';
import { signalOf } from '../responses.ts';
import type { RoomPlugin } from './context.ts';

/**
 * Says who calls, before a byte of the body is read: strangers cost no more than this. The
 * observation of the request begins here; what answers it ends it.
 */
export const useCaller = ({ core, addressOf, events }: HttpHost): RoomPlugin => ({
  onRequest({ serverContext }) {
    const { req, res } = serverContext;
    const accepted = acceptedBy(req.headers.accept);
    const signal = signalOf(res, accepted, events.closing);
    serverContext.state = { caller: callerOf(core, req, addressOf(req), signal), accepted };
  },
  async onRequestParse({ serverContext: { state } }) {
    state.session = await core.authenticate(state.caller);
    const { json, streams } = state.accepted;
    if (!json && !streams) throw notAcceptable();
  },
});

/**
 * Reads requests in place of Yoga's parsers: JSON alone, of a bounded size, in UTF-8, with every
 * name once and every number kept.
 */
export const useStrictRequests = (): RoomPlugin => ({
  async onRequestParse({ serverContext: { req, state }, setRequestParser }) {
    const request = await readRequest(req);
    state.request = request;
    const { query, operationName, variables } = request;
    setRequestParser(() => ({
      ...(query !== undefined && { query }),
      ...(operationName !== undefined && { operationName }),
      ...(variables !== undefined && { variables }),
    }));
  },
});
