import type { Result } from '../result/result.ts';
import { left, type ReportTable } from '../result/table.ts';
import { graphqlCannotBeCached, grpcHasNoCache, restCachesNaturally } from './caching.ts';
import { connectionsAreCheap } from './connections-are-cheap.ts';
import { dataloaderSolvesNPlus1 } from './dataloader-solves-n-plus-1.ts';
import { errorsAreFree, graphqlErrorsAre200 } from './errors.ts';
import { graphqlSavesRoundTrips } from './graphql-saves-round-trips.ts';
import { graphqlServersAreSlow } from './graphql-servers-are-slow.ts';
import { grpcClientDecides } from './grpc-client-decides.ts';
import { grpcIsFaster } from './grpc-is-faster.ts';
import { http2IsFaster } from './http2-is-faster.ts';
import { mixedTellsMore } from './mixed-tells-more.ts';
import { pollingIsWasteful } from './polling-is-wasteful.ts';
import { protobufIsWhy } from './protobuf-is-why.ts';
import { type Question, sentenceOf } from './question.ts';
import { sizeDecides } from './size-decides.ts';
import { websocketForRequests } from './websocket-for-requests.ts';
import { websocketHasLowestLatency } from './websocket-has-lowest-latency.ts';

/** The questions that this bench has data for, by number. */
export const questions: readonly Question[] = [
  grpcIsFaster,
  protobufIsWhy,
  sizeDecides,
  graphqlSavesRoundTrips,
  dataloaderSolvesNPlus1,
  restCachesNaturally,
  graphqlCannotBeCached,
  grpcHasNoCache,
  pollingIsWasteful,
  websocketHasLowestLatency,
  connectionsAreCheap,
  graphqlErrorsAre200,
  errorsAreFree,
  websocketForRequests,
  grpcClientDecides,
  http2IsFaster,
  graphqlServersAreSlow,
  mixedTellsMore,
];

export const questionTable = (result: Result): ReportTable => ({
  title: 'Claims, judged by this run',
  lead: 'Each answer is computed from the evidence beside it. A ratio divides the first contender by the second; its 95 % interval is in brackets.',
  columns: [left(''), left('claim'), left('answer'), left('evidence')],
  rows: questions.map(({ number, claim, judge }) => {
    const verdict = judge(result);
    return [String(number), claim, sentenceOf(verdict), verdict.because];
  }),
  notes: [],
});
