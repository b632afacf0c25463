import { paymentOperations } from '../core/payments/operations.ts';
import { handlersOf } from './calls.ts';

export const paymentHandlers = handlersOf(paymentOperations);
