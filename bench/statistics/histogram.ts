import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

export type { Histogram };

const bitBucketSize = 32;
/** A quantile with fewer samples beyond it is mostly chance. */
export const samplesBeyond = 10;

/** A histogram of whole microseconds, three significant digits, that grows as needed. */
export const createHistogram = (): Histogram =>
  build({
    bitBucketSize,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });

/** Records a duration given in milliseconds as whole microseconds. */
export const recordMs = (histogram: Histogram, ms: number): void =>
  histogram.recordValue(Math.max(0, Math.round(ms * 1000)));

/** HdrHistogram V2, compressed, base64: what every HdrHistogram library reads. */
export const encodeHistogram = (histogram: Histogram): string =>
  encodeIntoCompressedBase64(histogram);

export const decodeHistogram = (text: string): Histogram =>
  decodeFromCompressedBase64(text, bitBucketSize);

/** All samples of several histograms in one. Percentiles are never averaged. */
export function mergeHistograms(texts: readonly string[]): Histogram {
  const merged = createHistogram();
  for (const text of texts) merged.add(decodeHistogram(text));
  return merged;
}

/**
 * @param quantile 0.99 for p99
 * @returns microseconds; undefined if fewer than 10 samples lie beyond
 */
export function quantileMicros(histogram: Histogram, quantile: number): number | undefined {
  // Rounded, since 1000 × (1 − 0.99) is a little less than 10 in binary.
  const beyond = Math.round(histogram.totalCount * (1 - quantile) * 1e6) / 1e6;
  return beyond < samplesBeyond ? undefined : histogram.getValueAtPercentile(quantile * 100);
}
