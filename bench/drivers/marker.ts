import { randomBytes } from 'node:crypto';

/** Replaces one text in encoded requests by a fresh one of the same length, in place. */
export interface Marker {
  /** Bytes of the text; 0 if there is nothing to replace. */
  readonly length: number;
  /** Where the text stands in these bytes. */
  placesIn(bytes: Buffer): readonly number[];
  /** Makes a text that was never there before. */
  renew(): void;
  /** Writes the text over these places, each moved by `offset`. */
  write(bytes: Uint8Array, places: readonly number[], offset?: number): void;
}

const counterDigits = 10;
const digits = Buffer.from('0123456789abcdef');

/** Every digit's successor, by its byte; 'f' starts again. */
const after = new Uint8Array(128);
for (const [index, digit] of digits.entries()) after[digit] = digits[(index + 1) % 16] ?? 0;

/**
 * Fresh texts are a random beginning and a counter, in hex: unique over processes too.
 * @param marker at least 20 bytes; optional
 * @throws Error if the marker is too short for that
 */
export function createMarker(marker: string | undefined): Marker {
  if (marker === undefined) return { length: 0, placesIn: () => [], renew() {}, write() {} };
  const needle = Buffer.from(marker);
  const { length } = needle;
  if (length < counterDigits + 10) {
    throw new Error(`Expected a marker of at least 20 bytes, got ${length}.`);
  }
  const text = Buffer.from(randomBytes(length).toString('hex').slice(0, length));
  text.fill('0', length - counterDigits);
  return {
    length,
    placesIn(bytes) {
      const places: number[] = [];
      for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + length)) {
        places.push(at);
      }
      return places;
    },
    renew() {
      for (let at = length - 1; ; at -= 1) {
        const next = after[text[at] ?? 0] ?? 0;
        text[at] = next;
        if (next !== digits[0]) return;
      }
    },
    write(bytes, places, offset = 0) {
      for (const place of places) bytes.set(text, place + offset);
    },
  };
}
