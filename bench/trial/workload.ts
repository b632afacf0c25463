import type { Client } from '../../services/core/client.ts';
import type { Fixtures } from '../subject/fixtures.ts';

/** One operation as a user would do it, whatever the wire. */
export interface Workload {
  readonly name: string;
  /**
   * @param key an idempotency key that was never used, if the workload writes
   * @returns the result
   */
  perform(client: Client, fixtures: Fixtures, key: string): Promise<unknown>;
  /** The part of the result that must be equal on every wire. Defaults to all of it. */
  comparable?(answer: unknown): unknown;
  /**
   * Texts that each response contains on every wire, for responses that differ from call to call.
   * If omitted, every response must be the same to the byte.
   */
  readonly fragments?: readonly string[];
  /** Number of equal requests that one call sends at once. Defaults to one. */
  readonly atOnce?: number;
  /** Number of calls by which bytes and queries are counted. */
  readonly wireCalls: number;
}

/** Replaces an idempotency key, so that it can be found in the bytes of any wire. */
export const marker = '5f17e3c0-0000-4000-8000-000000000001';
