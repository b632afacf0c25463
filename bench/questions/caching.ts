import { formatCount, formatRatio } from '../report/format.ts';
import type { Result } from '../report/result.ts';
import { contrast, findCell, isValid, typical } from '../statistics/summary.ts';
import { notMeasured, type Question, type Verdict } from './question.ts';

/** Below this share of the bytes, a cache has saved something worth the name. */
const savedShare = 0.9;

/** What a client that keeps a copy saves against one that does not. */
function savings(result: Result, caching: string, plain: string) {
  const [cell, base] = [findCell(result, 'cached', caching), findCell(result, 'cached', plain)];
  const cpu = contrast(result, 'cached', [caching, plain], 'cpuAtCapacity');
  if (!isValid(cell) || !isValid(base) || !cpu) return undefined;
  const bytes = typical(cell, ({ wire }) => wire?.receivedBytesPerCall) ?? 0;
  const plainBytes = typical(base, ({ wire }) => wire?.receivedBytesPerCall) ?? 0;
  const stale = cell.samples.reduce((sum, sample) => sum + (sample.caching?.stale ?? 0), 0);
  const saved = cell.samples.reduce((sum, sample) => sum + (sample.caching?.saved ?? 0), 0);
  return {
    savesBytes: saved > 0 && bytes < plainBytes * savedShare,
    savesCpu: cpu.difference === 'less',
    stale,
    text: `bytes received ${formatCount(plainBytes)} → ${formatCount(bytes)}; server CPU ${formatRatio(cpu.comparison)}${cpu.difference === 'not shown' ? ' (no difference shown)' : ''}; stale answers ${formatCount(stale)}`,
  };
}

export const restCachesNaturally: Question = {
  number: 7,
  claim: 'REST caches naturally',
  judge(result): Verdict {
    const found = savings(result, 'rest-etag', 'rest');
    if (!found) return notMeasured('cached reads of REST');
    const because = `GET with ETag against GET without: ${found.text}. No shared cache was in between.`;
    if (!found.savesBytes || found.stale > 0) return { answer: 'no', because };
    return { answer: found.savesCpu ? 'yes' : 'depends', because };
  },
};

export const graphqlCannotBeCached: Question = {
  number: 8,
  claim: 'GraphQL cannot be cached',
  judge(result): Verdict {
    const found = savings(result, 'graphql-persisted', 'graphql-post');
    if (!found) return notMeasured('cached reads of GraphQL');
    const because = `GET of a persisted document with ETag against POST: ${found.text}.`;
    return { answer: found.savesBytes && found.stale === 0 ? 'no' : 'yes', because };
  },
};
