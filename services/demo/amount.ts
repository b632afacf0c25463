/**
 * Exact pounds for sums over the file, also of amounts that are no whole pence: an integer of
 * 10^-9 pounds.
 */
export type Nanos = bigint;

const decimals = 9;

/** A decimal text ("-12.5") exactly; undefined when it is no number or has over 9 decimals. */
export function parseNanos(text: string): Nanos | undefined {
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  return BigInt(sign + whole + fraction.padEnd(decimals, '0'));
}

/** Pounds as a decimal text, with no fewer than two decimals: "-12.50", "2042.761". */
export function formatNanos(nanos: Nanos): string {
  const digits = String(nanos < 0n ? -nanos : nanos).padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0{1,7}$/, '');
  return `${nanos < 0n ? '-' : ''}${digits.slice(0, -decimals)}.${fraction}`;
}
