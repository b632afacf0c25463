import { invalid, type PaymentsError } from '../core/errors.ts';
import { jsonErrorOffset } from './json-error-offset.ts';
import { toCamel } from './names.ts';

/**
 * JSON that keeps what was sent (RFC 8259 §4 and §6, I-JSON: RFC 7493 §2.2 and §2.3). `JSON.parse`
 * silently keeps the last of two pairs with one name, and the nearest double to a number.
 */

type Path = readonly (string | number)[];

/**
 * Maximum nesting of a text; no input has a tenth of it. The path to a violation below thousands of
 * levels costs more to find, and is longer to report, than the text itself.
 */
const mostLevels = 100;

/**
 * Parses a JSON text. Refuses text that is not JSON, an object with the same name twice, a number
 * that would not come back as it was sent (`1e400`, `99999999999.0000001`, and `-0`, which is
 * written as `0` afterwards), and more than 100 levels.
 *
 * @throws PaymentsError `validation_failed`; the path is the place in the text, and the message
 *   names line and column if the text is not JSON
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(text);
  }
  const pairs = pairsWithPlainNumbers(text);
  if (pairs === undefined || pairs !== keysIn(value)) refuseWhatIsLost(text);
  return value;
}

function malformed(text: string): PaymentsError {
  const at = jsonErrorOffset(text, mostLevels);
  if (at === undefined) return tooDeep();
  const before = text.slice(0, at).split('\n');
  const found = at < text.length ? `'${text.slice(at, at + 20)}'` : 'the end';
  const place = `line ${before.length} column ${(before.at(-1)?.length ?? 0) + 1}`;
  return invalid({
    path: [],
    code: 'invalid_json',
    message: `expected JSON, got ${found} at ${place}`,
  });
}

const tooDeep = (): PaymentsError =>
  invalid({
    path: [],
    code: 'too_deep',
    message: `expected at most ${mostLevels} levels, got more`,
  });

const quote = 0x22;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
/** A double keeps any integer of this many characters. */
const plainLength = 15;

/** Returns the offset after the string that begins at `at`. */
function endOfString(text: string, at: number): number {
  for (let next = at + 1; ; next += 1) {
    const code = text.charCodeAt(next);
    if (code === quote || next >= text.length) return next + 1;
    if (code === backslash) next += 1;
  }
}

const isOfNumber = (code: number): boolean =>
  (code >= zero && code <= nine) ||
  // + - . E e
  code === 0x2b ||
  code === minus ||
  code === 0x2e ||
  code === 0x45 ||
  code === 0x65;

/** Returns the offset after the number that begins at `at`. */
function endOfNumber(text: string, at: number): number {
  let next = at + 1;
  while (isOfNumber(text.charCodeAt(next))) next += 1;
  return next;
}

/**
 * Counts the pairs of all objects of a JSON text together; returns undefined if a number or the
 * depth needs a closer look. One pass without an allocation, because every request with a body pays
 * for it.
 */
function pairsWithPlainNumbers(text: string): number | undefined {
  let pairs = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at) - 1;
    else if (code === colon) pairs += 1;
    else if (code === openBracket || code === openBrace) {
      depth += 1;
      if (depth > mostLevels) return undefined;
    } else if (code === closeBracket || code === closeBrace) depth -= 1;
    else if (code === minus) {
      const next = text.charCodeAt(at + 1);
      if (next <= zero) return undefined;
    } else if (code >= zero && code <= nine) {
      let end = at + 1;
      while (text.charCodeAt(end) >= zero && text.charCodeAt(end) <= nine) end += 1;
      // A fraction or an exponent may follow the digits.
      if (end - at > plainLength || isOfNumber(text.charCodeAt(end))) return undefined;
      at = end - 1;
    }
  }
  return pairs;
}

/**
 * Counts the keys of all objects of a value. Not recursive, because the sender chooses the depth.
 */
function keysIn(value: unknown): number {
  let keys = 0;
  const open: unknown[] = [value];
  for (let of = open.pop(); of !== undefined; of = open.pop()) {
    if (typeof of !== 'object' || of === null) continue;
    if (Array.isArray(of)) {
      for (const part of of) if (typeof part === 'object' && part !== null) open.push(part);
      continue;
    }
    // JSON.parse made it, so all keys are its own.
    const fields = of as Record<string, unknown>;
    for (const name in fields) {
      keys += 1;
      const part = fields[name];
      if (typeof part === 'object' && part !== null) open.push(part);
    }
  }
  return keys;
}

/** An object or a list that contains the current position. */
interface Open {
  /** Undefined in a list. */
  readonly names: Set<string> | undefined;
  step: string | number;
}

/**
 * Walks a JSON text to the first pair or number that parsing loses, or to where it is too deep.
 *
 * @throws PaymentsError
 */
function refuseWhatIsLost(text: string): void {
  const open: Open[] = [];
  const path = (): Path => open.map(({ step }, at) => (at === 0 ? nameOf(step) : step));
  for (let at = 0; at < text.length; at += 1) {
    const inside = open.at(-1);
    if (open.length > mostLevels) throw tooDeep();
    switch (text[at]) {
      case '{':
        open.push({ names: new Set(), step: '' });
        break;
      case '[':
        open.push({ names: undefined, step: 0 });
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        if (typeof inside?.step === 'number') inside.step += 1;
        break;
      case '"': {
        const end = endOfString(text, at);
        const string = text.slice(at, end);
        at = end - 1;
        if (!inside?.names || !isName(text, end)) break;
        // JSON.parse has accepted the text, so the string is valid.
        inside.step = JSON.parse(string) as string;
        if (inside.names.has(inside.step)) throw doubled(path());
        inside.names.add(inside.step);
        break;
      }
      default: {
        const code = text.charCodeAt(at);
        if (code !== minus && !(code >= zero && code <= nine)) break;
        const number = text.slice(at, endOfNumber(text, at));
        if (!isKept(number)) throw inexact(path(), number);
        at += number.length - 1;
      }
    }
  }
}

/** Whether the string that ends at `at` is a name, and not a value. */
function isName(text: string, at: number): boolean {
  let next = at;
  while (text.charCodeAt(next) <= 0x20) next += 1;
  return text.charCodeAt(next) === colon;
}

const nameOf = (step: string | number): string | number =>
  typeof step === 'string' ? toCamel(step) : step;

const doubled = (path: Path): PaymentsError =>
  invalid({ path, code: 'duplicate_name', message: 'expected the name once, got it twice' });

function inexact(path: Path, number: string): PaymentsError {
  const got = number.length > 40 ? `${number.slice(0, 39)}…` : number;
  return invalid({
    path,
    code: 'inexact_number',
    message: `expected a number that a double keeps, got ${got}, which becomes ${Number(number)}`,
  });
}

const zeroAsSent = /^0(?:\.0+)?(?:[eE]|$)/;

/** Whether a number comes back from a double as the decimal that was sent. */
export function isKept(number: string): boolean {
  const value = Number(number);
  if (!Number.isFinite(value)) return false;
  // Few digits and a moderate exponent always come back (IEEE 754: 15 digits).
  const size = Math.abs(value);
  if (number.length <= plainLength && size > 1e-290 && size < 1e290) return true;
  if (value === 0) return zeroAsSent.test(number);
  const sent = decimalOf(number);
  // Compares with the shortest text of the double and with all of its digits: both are that number.
  return sent === decimalOf(String(value)) || sent === decimalOf(value.toPrecision(100));
}

/**
 * A number as its sign, its digits without zeros at the ends, and the power of ten of the last
 * digit.
 */
function decimalOf(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = whole + fraction;
  let from = 0;
  while (digits.charCodeAt(from) === zero) from += 1;
  let to = digits.length;
  while (to > from && digits.charCodeAt(to - 1) === zero) to -= 1;
  if (from === digits.length) return `${sign}0`;
  const power = Number(exponent) - fraction.length + (digits.length - to);
  return `${sign}${digits.slice(from, to)}e${power}`;
}
