import { customerOperations } from '../core/customers/operations.ts';
import { handlersOf } from './calls.ts';

export const customerHandlers = handlersOf(customerOperations);
