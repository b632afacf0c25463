import { judgeAspects, type Question, readAndCreate } from './question.ts';

export const websocketForRequests: Question = {
  number: 30,
  claim: 'WebSocket is good for requests too',
  judge: (result) => judgeAspects(result, ['websocket', 'rest'], readAndCreate),
};
