import { gzipSync } from 'node:zlib';
import type { Result } from '../../result/result.ts';

export interface KeptResult {
  /** JSON, gzip, base64. */
  readonly base64: string;
  /** Whether it has its histograms and slices. */
  readonly isWhole: boolean;
}

const histograms = new Set(['response', 'service', 'lateness', 'latency', 'delay', 'firstEvent']);

const withoutHistograms = (name: string, value: unknown): unknown =>
  histograms.has(name) && typeof value === 'string' ? null : value;

const withoutSlices = (name: string, value: unknown): unknown =>
  name === 'slices' ? [] : withoutHistograms(name, value);

/**
 * The result for the page to keep, without histograms, and then slices, if they have no room.
 * @returns undefined if it has no room even so
 */
export function keptResult(result: Result, roomBytes: number): KeptResult | undefined {
  const packed = (json: string) => gzipSync(json, { level: 9 }).toString('base64');
  const whole = packed(JSON.stringify(result));
  if (whole.length <= roomBytes) return { base64: whole, isWhole: true };
  const lean = packed(JSON.stringify(result, withoutHistograms));
  if (lean.length <= roomBytes) return { base64: lean, isWhole: false };
  const least = packed(JSON.stringify(result, withoutSlices));
  return least.length <= roomBytes ? { base64: least, isWhole: false } : undefined;
}
