import { decodeInput, outputs } from '../wire/json.ts';
import type { Handlers } from './calls.ts';

/** API keys: what a `call` of each operation does. */
export const keys: Handlers<'createKey' | 'revokeKey'> = {
  createKey: async (core, caller, input) =>
    outputs.createKey.encode(await core.invoke('createKey', caller, decodeInput(input))),
  revokeKey: async (core, caller, input) =>
    outputs.revokeKey.encode(await core.invoke('revokeKey', caller, decodeInput(input))),
};
