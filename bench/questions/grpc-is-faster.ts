import { judgeAspects, type Question, readAndCreate } from './question.ts';

export const grpcIsFaster: Question = {
  number: 1,
  claim: 'gRPC is faster than REST',
  judge: (result) => judgeAspects(result, ['grpc', 'rest'], readAndCreate),
};
