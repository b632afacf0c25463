import { eventOperations } from '../core/events/operations.ts';
import { handlersOf } from './handlers.ts';

export const eventHandlers = handlersOf(eventOperations, {});
