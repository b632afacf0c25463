import { type ImportCalls, type ImportPorts, openCalls } from './calls.ts';
import type { Tally } from './report.ts';

/** One repetition of the year, and what of it is imported so far. */
export interface Year {
  /** The number of an invoice or a customer in this repetition. */
  readonly nameOf: (number: string) => string;
  readonly copy: number;
  readonly calls: ImportCalls;
  readonly tally: Tally;
  /** Ids by customer number. */
  readonly customers: Map<string, string>;
  /** Ids by invoice number. */
  readonly payments: Map<string, string>;
  /** Invoice numbers that an earlier import already imported. */
  readonly earlier: Set<string>;
}

export async function openYear(
  ports: ImportPorts,
  key: string,
  copy: number,
  tally: Tally,
): Promise<Year> {
  return {
    nameOf: (number) => (copy === 1 ? number : `${number}-${copy}`),
    copy,
    calls: await openCalls(ports, key),
    tally,
    customers: new Map(),
    payments: new Map(),
    earlier: new Set(),
  };
}

/** The idempotency key of what is created for a customer or an invoice. */
export const keyOf = (what: 'customer' | 'invoice', name: string): string =>
  `import:${what}:${name}`;

/** The reason of a refund, which also identifies its cancellation in a later import. */
export const reasonOf = (name: string): string => `Cancellation ${name}`;
