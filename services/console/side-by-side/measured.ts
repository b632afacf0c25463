import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Wire } from '../../config.ts';
import type { ComparedName } from './excerpts.ts';

/** Figures of the committed run, which `bench/report/side-by-side.ts` writes. */

/** A figure with the range in which it was found. */
export interface MeasuredRange {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface MeasuredCall {
  /** Server CPU of one call. */
  readonly cpuMicros: MeasuredRange | null;
  /** Bytes of TCP on a connection in use, both ways. */
  readonly sentBytes: number | null;
  readonly receivedBytes: number | null;
}

interface MeasuredOperation {
  /** What one call is, such as `a read`. */
  readonly what: string;
  readonly byWire: Partial<Record<Wire, MeasuredCall>>;
}

export interface Measured {
  /** The file of the run. */
  readonly source: string;
  /** Machine and date, for a reader. */
  readonly where: string;
  readonly calls: Partial<Record<ComparedName, MeasuredOperation>>;
}

/** Undefined if the figures are not there. */
export function readMeasured(): Measured | undefined {
  const path = join(import.meta.dirname, 'measured.json');
  // Written by the bench with this type.
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Measured) : undefined;
}
