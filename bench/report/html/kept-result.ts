import { gzipSync } from 'node:zlib';
import type { Result } from '../result.ts';

/** Raw histograms may take this much of the page; the rest of it is about as large again. */
const largestRaw = 1_250_000;

/** The result for the page to keep: all of it, or all but histograms where these are too large. */
export function keptResult(result: Result): { readonly base64: string; readonly whole: boolean } {
  const base64 = gzipSync(JSON.stringify(result), { level: 9 }).toString('base64');
  if (base64.length <= largestRaw) return { base64, whole: true };
  const names = new Set(['response', 'service', 'lateness', 'latency', 'delay', 'firstEvent']);
  const lean = JSON.stringify(result, (name, value: unknown) =>
    names.has(name) && typeof value === 'string' ? null : value,
  );
  return { base64: gzipSync(lean, { level: 9 }).toString('base64'), whole: false };
}
