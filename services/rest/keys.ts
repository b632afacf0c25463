import { keyOperations } from '../core/merchants/operations.ts';
import { handlersOf } from './handlers.ts';

/** Without URL and tag: a key cannot be read again, and has no versions. */
export const keyHandlers = handlersOf(keyOperations, {});
