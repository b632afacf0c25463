import { gzipSync } from 'node:zlib';
import type { Result } from '../../result/result.ts';

export interface KeptResult {
  /** JSON, gzip, base64. */
  readonly base64: string;
  /** Whether it has its histograms. */
  readonly isWhole: boolean;
}

/** The result for the page to keep, without its histograms if these have no room. */
export function keptResult(result: Result, roomBytes: number): KeptResult {
  const packed = (json: string) => gzipSync(json, { level: 9 }).toString('base64');
  const base64 = packed(JSON.stringify(result));
  if (base64.length <= roomBytes) return { base64, isWhole: true };
  const names = new Set(['response', 'service', 'lateness', 'latency', 'delay', 'firstEvent']);
  const lean = JSON.stringify(result, (name, value: unknown) =>
    names.has(name) && typeof value === 'string' ? null : value,
  );
  return { base64: packed(lean), isWhole: false };
}
