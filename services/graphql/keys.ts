import type { CreatedKey } from '../core/merchants/merchant.ts';
import { keyOperations } from '../core/merchants/operations.ts';
import { mutationsOf } from './mutation.ts';

export const keyResolvers = {
  ...mutationsOf(keyOperations),
  CreatedKey: { key: (created: CreatedKey) => created },
};
