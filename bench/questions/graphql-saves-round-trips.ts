import { formatTenth } from '../report/format.ts';
import { findCell, isValid, typical } from '../statistics/summary.ts';
import { notMeasured, type Question } from './question.ts';

export const graphqlSavesRoundTrips: Question = {
  number: 4,
  claim: 'GraphQL saves round trips',
  judge(result) {
    const requests = (contender: string) => {
      const cell = findCell(result, 'screen', contender);
      return isValid(cell) ? typical(cell, ({ wire }) => wire?.requestsPerCall) : undefined;
    };
    const graphql = requests('graphql-loaders');
    const chatty = requests('rest-chatty');
    const expand = requests('rest-expand');
    const batch = requests('grpc-batch');
    if (graphql === undefined || chatty === undefined) return notMeasured('the screen');
    const others = [chatty, expand, batch].filter((count) => count !== undefined);
    const because = `Requests for the screen: GraphQL ${formatTenth(graphql)}, REST chatty ${formatTenth(chatty)}, REST \`expand\` ${formatTenth(expand)}, gRPC batch ${formatTenth(batch)}. What they cost at a distance was not measured: no round-trip time was added.`;
    if (others.every((count) => graphql < count)) return { answer: 'yes', because };
    return { answer: graphql < chatty ? 'depends' : 'no', because };
  },
};
