import { judgeAspects, type Question } from './question.ts';

export const websocketForRequests: Question = {
  number: 30,
  asks: 'Is WebSocket good for requests too?',
  claim: 'WebSocket is good for requests too',
  source: 'those who have a socket open anyway',
  scenarios: ['point-read', 'create'],
  judge: (result) => judgeAspects(result, ['websocket', 'rest'], 'WebSocket over REST'),
};
