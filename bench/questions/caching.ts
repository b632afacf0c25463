import { formatCount } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import { labels } from '../result/wires.ts';
import { labelOf } from '../scenarios/labels.ts';
import { contrast, findCell, isValid, typical, wireOf } from '../statistics/summary.ts';
import {
  type Answer,
  contrastText,
  notMeasured,
  type Question,
  timesOf,
  type Verdict,
} from './question.ts';
import { ratioTable } from './ratios.ts';

/** A cache saves bytes if fewer than this share of them are received. */
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
  unit: 'bytes',
  items: contenders.flatMap((contender) => {
    const value = bytesOf(result, contender);
    const label = labelOf({ scenario: 'cached', contender });
    return value === undefined ? [] : [{ label, wire: wireOfContender(contender), value }];
  }),
});

/** Compares a client that keeps a copy with one that does not. */
function savings(result: Result, caching: string, plain: string) {
  const cell = findCell(result, 'cached', caching);
  const [bytes, plainBytes] = [bytesOf(result, caching), bytesOf(result, plain)];
  const cpu = contrast(result, 'cached', [caching, plain], 'cpuAtRate');
  if (!isValid(cell) || bytes === undefined || plainBytes === undefined || !cpu) return undefined;
  const sum = (of: 'stale' | 'saved') =>
    cell.samples.reduce((total, { caching: counts }) => total + (counts?.[of] ?? 0), 0);
  const stale = sum('stale');
  const share = Math.round((100 * bytes) / plainBytes);
  return {
    savesBytes: sum('saved') > 0 && bytes < plainBytes * savedShare,
    stale,
    finding:
      stale > 0
        ? `${formatCount(stale)} reads of a kept copy were stale`
        : `a client that keeps a copy receives ${formatCount(bytes)} bytes instead of ${formatCount(plainBytes)} (${share} %) for a read, at ${timesOf(cpu, 'the server CPU')}; no read was stale`,
    picture: pictureOf(result, [plain, caching]),
    numbers: [ratioTable('with a kept copy over without', [{ label: 'server CPU', found: cpu }])],
    text: `${formatCount(bytes)} bytes received instead of ${formatCount(plainBytes)}; server CPU ${contrastText(cpu)}; stale reads ${formatCount(stale)}`,
  };
}

/**
 * @param answers `saved` if copies save bytes and none was stale; otherwise `else`
 * @param text adds what was compared with what to the evidence
 */
function judgeSavings(
  result: Result,
  [caching, plain]: readonly [string, string],
  answers: { readonly saved: Answer; readonly else: Answer },
  text: (evidence: string) => string,
): Verdict {
  const found = savings(result, caching, plain);
  if (!found) return notMeasured(`cached reads of ${labels[wireOfContender(caching)]}`);
  const { finding, picture, numbers } = found;
  const answer = answers[found.savesBytes && found.stale === 0 ? 'saved' : 'else'];
  return { answer, because: text(found.text), finding, picture, numbers };
}

export const restCachesNaturally: Question = {
  number: 7,
  asks: 'Does REST cache naturally?',
  claim: 'REST caches naturally',
  source: 'the uniform interface, as most guides put it',
  scenarios: ['cached'],
  wires: ['rest'],
  judge: (result) =>
    judgeSavings(
      result,
      ['rest-etag', 'rest'],
      { saved: 'yes', else: 'no' },
      (evidence) =>
        `GET with an ETag compared with GET without: ${evidence}. There was no shared cache.`,
    ),
};

export const graphqlCannotBeCached: Question = {
  number: 8,
  asks: 'Is it true that GraphQL cannot be cached?',
  claim: 'GraphQL cannot be cached',
  source: 'comparisons of REST and GraphQL',
  scenarios: ['cached'],
  wires: ['graphql'],
  judge: (result) =>
    judgeSavings(
      result,
      ['graphql-persisted', 'graphql-post'],
      { saved: 'no', else: 'yes' },
      (evidence) => `GET of a persisted document with an ETag compared with POST: ${evidence}.`,
    ),
};

export const grpcHasNoCache: Question = {
  number: 9,
  asks: 'Does gRPC have no cache?',
  claim: 'gRPC has no cache',
  source: 'comparisons of REST and gRPC',
  scenarios: ['cached'],
  wires: ['grpc'],
  judge: (result) =>
    judgeSavings(
      result,
      ['grpc-etag', 'grpc'],
      { saved: 'no', else: 'yes' },
      (evidence) =>
        `A client that keeps a copy and sends its etag compared with one that does not: ${evidence}. The contract defines this etag; gRPC has none, so no intermediary can use it.`,
    ),
};
