import type { CreatedKey } from '../core/merchants/merchant.ts';
import { mutation, resultType } from './mutation.ts';

export const keyResolvers = {
  Mutation: { createKey: mutation('createKey'), revokeKey: mutation('revokeKey') },
  CreatedKey: { key: (created: CreatedKey) => created },
  CreateKeyResult: resultType('CreatedKey'),
  RevokeKeyResult: resultType('ApiKey'),
};
