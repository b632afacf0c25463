import type { Question } from './question.ts';
import { judgeWires } from './wire-over-wire.ts';

export const websocketForRequests: Question = {
  number: 30,
  asks: 'Is WebSocket good for requests too?',
  claim: 'WebSocket is good for requests too',
  source: 'those who have a socket open anyway',
  scenarios: ['point-read', 'create'],
  wires: ['rest', 'websocket'],
  judge: (result) => judgeWires(result, ['websocket', 'rest']),
};
