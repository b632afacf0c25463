/** Prefixes of the ids that this system makes. */
export type IdPrefix = 'pay' | 're' | 'cus' | 'evt' | 'key' | 'req';

/** Makes ids that sort by creation: `<prefix>_` and 26 characters of Crockford base32. */
export type NewId = (prefix: IdPrefix, nowMs: number) => string;

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const random40Limit = 2 ** 40;

/** Encodes `value`, an integer below 32^length, in Crockford base32. */
function encode(value: number, length: number): string {
  let text = '';
  let rest = value;
  for (let i = 0; i < length; i += 1) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * A generator of ULID-shaped ids: 48 bits of milliseconds, 80 random bits. Ids of one generator
 * increase strictly, also within a millisecond and when the clock steps back, so that creation
 * order, id order and page order are the same.
 *
 * @param random40 returns an integer in [0, 2^40)
 */
export function createIds(random40: () => number): NewId {
  let lastMs = -1;
  let high = 0;
  let low = 0;
  let timePart = '';
  return (prefix, nowMs) => {
    if (nowMs > lastMs) {
      lastMs = nowMs;
      timePart = encode(nowMs, 10);
      // Uses half of the range, so that counting up from here never overflows within a millisecond.
      high = random40() % (random40Limit / 2);
      low = random40();
    } else {
      low += 1;
      if (low === random40Limit) {
        low = 0;
        high += 1;
      }
    }
    return `${prefix}_${timePart}${encode(high, 8)}${encode(low, 8)}`;
  };
}

/** A pattern for ids with this prefix. */
export const idPattern = (prefix: IdPrefix): RegExp =>
  new RegExp(`^${prefix}_[0-9A-HJKMNP-TV-Z]{26}$`);
