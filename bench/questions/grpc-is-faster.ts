import { judgeAspects, type Question } from './question.ts';

export const grpcIsFaster: Question = {
  number: 1,
  asks: 'Is gRPC faster than REST?',
  claim: 'gRPC is faster than REST',
  source: 'most comparisons of API styles',
  scenarios: ['point-read', 'create'],
  judge: (result) => judgeAspects(result, ['grpc', 'rest'], 'gRPC over REST'),
};
