import { refundOperations } from '../core/refunds/operations.ts';
import { handlersOf } from './calls.ts';

export const refundHandlers = handlersOf(refundOperations);
