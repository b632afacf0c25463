import { refundOperations } from '../core/refunds/operations.ts';
import { handlersOf } from './unary.ts';

export const refundHandlers = handlersOf(refundOperations);
