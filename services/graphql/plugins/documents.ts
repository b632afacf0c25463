import { execute as executeAnyName } from 'graphql';
import type { HttpHost } from '../host.ts';
import { knownCaller, preparedIn, type RoomPlugin, requestOf } from './context.ts';

/**
 * Finds the document, which may be persisted or named by the hash of a text that ran before (APQ),
 * takes tokens to parse and validate one that is not remembered, and gives the result to Yoga.
 */
export const usePreparedDocuments = ({ execution }: HttpHost): RoomPlugin => ({
  async onParams({ context: { req, state }, params, setParams }) {
    state.prepared = await execution.prepare(requestOf(state), knownCaller(state), {
      readOnly: req.method === 'GET',
      streams: state.accepted.streams,
    });
    setParams({ ...params, query: state.prepared.prepared.text });
  },
  onParse({ context: { state }, setParsedDocument }) {
    setParsedDocument(preparedIn(state).prepared.document);
  },
  onValidate({ setResult }) {
    setResult([]);
  },
  onExecute({ context: { state }, setExecuteFn }) {
    if (preparedIn(state).prepared.namesThen) setExecuteFn(executeAnyName);
  },
});
