import { encodeKey, outputs } from '../wire/json.ts';
import { answerWrite } from './answer.ts';
import { type Handler, readBody } from './call.ts';

/** Without `Location`: a key has no URL, since it cannot be read again. */
export const createKey: Handler = async (core, call) => {
  const key = await core.invoke('createKey', call.caller, await readBody(call));
  return answerWrite(call, key, outputs.createKey.encode);
};

export const revokeKey: Handler = async (core, call) => {
  const key = await core.invoke('revokeKey', call.caller, await readBody(call));
  return answerWrite(call, key, encodeKey);
};
