import { keyOperations } from '../core/merchants/operations.ts';
import { handlersOf } from './unary.ts';

export const keyHandlers = handlersOf(keyOperations);
