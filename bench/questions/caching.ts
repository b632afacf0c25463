import { formatCount } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import { labelOf } from '../scenarios/labels.ts';
import { contrast, findCell, isValid, typical, wireOf } from '../statistics/summary.ts';
import { contrastText, notMeasured, type Question, type Verdict } from './question.ts';

/** Below this share of the bytes, a cache has saved something worth the name. */
const savedShare = 0.9;

const wireOfContender = (contender: string) =>
  contender.startsWith('rest') ? 'rest' : contender.startsWith('grpc') ? 'grpc' : 'graphql';

const bytesOf = (result: Result, contender: string): number | undefined => {
  const cell = findCell(result, 'cached', contender);
  return isValid(cell)
    ? typical(cell, (sample) => wireOf(sample)?.receivedBytesPerCall)
    : undefined;
};

const pictureOf = (result: Result, contenders: readonly string[]): Picture => ({
  kind: 'bars',
  label: 'bytes received for a read while nothing changes',
  items: contenders.flatMap((contender) => {
    const value = bytesOf(result, contender);
    const label = labelOf({ scenario: 'cached', contender });
    return value === undefined ? [] : [{ label, wire: wireOfContender(contender), value }];
  }),
});

/** What a client that keeps a copy saves against one that does not. */
function savings(result: Result, caching: string, plain: string) {
  const cell = findCell(result, 'cached', caching);
  const [bytes, plainBytes] = [bytesOf(result, caching), bytesOf(result, plain)];
  const cpu = contrast(result, 'cached', [caching, plain], 'cpuAtRate');
  if (!isValid(cell) || bytes === undefined || plainBytes === undefined || !cpu) return undefined;
  const sum = (of: 'stale' | 'saved') =>
    cell.samples.reduce((total, { caching: counts }) => total + (counts?.[of] ?? 0), 0);
  return {
    savesBytes: sum('saved') > 0 && bytes < plainBytes * savedShare,
    savesCpu: cpu.difference === 'less',
    stale: sum('stale'),
    ratio: `CPU ${contrastText(cpu)}`,
    picture: pictureOf(result, [plain, caching]),
    text: `bytes received ${formatCount(plainBytes)} → ${formatCount(bytes)}; server CPU ${contrastText(cpu)}; stale answers ${formatCount(sum('stale'))}`,
  };
}

export const restCachesNaturally: Question = {
  number: 7,
  claim: 'REST caches naturally',
  source: 'the uniform interface, as most guides put it',
  scenarios: ['cached'],
  judge(result): Verdict {
    const found = savings(result, 'rest-etag', 'rest');
    if (!found) return notMeasured('cached reads of REST');
    const because = `GET with ETag against GET without: ${found.text}. No shared cache was in between.`;
    const evidence = { because, ratio: found.ratio, picture: found.picture };
    if (!found.savesBytes || found.stale > 0) return { answer: 'no', ...evidence };
    return { answer: found.savesCpu ? 'yes' : 'depends', ...evidence };
  },
};

export const graphqlCannotBeCached: Question = {
  number: 8,
  claim: 'GraphQL cannot be cached',
  source: 'comparisons of REST and GraphQL',
  scenarios: ['cached'],
  judge(result): Verdict {
    const found = savings(result, 'graphql-persisted', 'graphql-post');
    if (!found) return notMeasured('cached reads of GraphQL');
    const because = `GET of a persisted document with ETag against POST: ${found.text}.`;
    const evidence = { because, ratio: found.ratio, picture: found.picture };
    return { answer: found.savesBytes && found.stale === 0 ? 'no' : 'yes', ...evidence };
  },
};

export const grpcHasNoCache: Question = {
  number: 9,
  claim: 'gRPC has no cache',
  source: 'comparisons of REST and gRPC',
  scenarios: ['cached'],
  judge(result): Verdict {
    const found = savings(result, 'grpc-etag', 'grpc');
    if (!found) return notMeasured('cached reads of gRPC');
    const because = `A client that keeps a copy and sends its etag against one that does not: ${found.text}. gRPC itself knows nothing of it: both sides are the contract's own work, and nothing in between can help.`;
    const evidence = { because, ratio: found.ratio, picture: found.picture };
    return { answer: found.savesBytes && found.stale === 0 ? 'no' : 'yes', ...evidence };
  },
};
