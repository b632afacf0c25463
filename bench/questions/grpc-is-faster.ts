import type { Question } from './question.ts';
import { judgeWires } from './wire-over-wire.ts';

export const grpcIsFaster: Question = {
  number: 1,
  asks: 'Is gRPC faster than REST?',
  claim: 'gRPC is faster than REST',
  source: 'most comparisons of API styles',
  scenarios: ['point-read', 'create'],
  wires: ['rest', 'grpc'],
  judge: (result) => judgeWires(result, ['grpc', 'rest']),
};
