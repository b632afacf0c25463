import { customerOperations } from '../core/customers/operations.ts';
import { handlersOf } from './unary.ts';

export const customerHandlers = handlersOf(customerOperations);
