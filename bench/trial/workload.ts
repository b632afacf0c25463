import type { Client } from '../../services/core/client.ts';
import type { Fixtures } from '../subject/fixtures.ts';

/** One operation as a user would do it, whatever the wire. */
export interface Workload {
  readonly name: string;
  /**
   * @param key an idempotency key that was never used, if the workload writes
   * @returns the answer
   */
  perform(client: Client, fixtures: Fixtures, key: string): Promise<unknown>;
  /** What of the answer every contender has to give alike; defaults to all of it. */
  comparable?(answer: unknown): unknown;
  /**
   * For answers that differ from call to call: texts that each of them has in it on every wire.
   * Absent: every answer is the same to the byte.
   */
  readonly fragments?: readonly string[];
  /** How many equal requests, all at once, one call consists of. Defaults to one. */
  readonly atOnce?: number;
  /** For how many calls bytes and queries are counted. */
  readonly wireCalls: number;
}

/** In the place of an idempotency key, so that it can be found in the bytes of any wire. */
export const marker = '5f17e3c0-0000-4000-8000-000000000001';
