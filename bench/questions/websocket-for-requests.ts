import { judgeAspects, type Question, readAndCreate } from './question.ts';

export const websocketForRequests: Question = {
  number: 30,
  claim: 'WebSocket is good for requests too',
  source: 'those who have a socket open anyway',
  scenarios: ['point-read', 'create'],
  judge: (result) =>
    judgeAspects(result, ['websocket', 'rest'], readAndCreate, 'WebSocket over REST'),
};
