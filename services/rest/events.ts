import { encodeEvent } from '../wire/json.ts';
import { answerPage, cacheControl } from './answer.ts';
import { type Handler, readInput, viewOf } from './call.ts';

export const listEvents: Handler = async (core, call) => {
  const view = viewOf(call);
  const page = await core.invoke('listEvents', call.caller, readInput(call));
  return answerPage(call, page, encodeEvent, view, {
    cache: cacheControl.changes,
  });
};
