import { handlerOf } from './handlers.ts';

export const eventHandlers = { listEvents: handlerOf('listEvents', {}) };
