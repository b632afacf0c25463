import { keyOperations } from '../core/merchants/operations.ts';
import { handlersOf } from './calls.ts';

export const keyHandlers = handlersOf(keyOperations);
