import { expectedOneOf, type Violation } from '../../core/errors.ts';
import { maxPageSize } from '../../core/page.ts';
import { excerpt } from '../../core/validate.ts';
import { paymentOrders, type WireEnum } from './enums.ts';
import { encodeTime, givenTime, type Timestamp } from './timestamp.ts';

/** One input field as a field of a request message. */
export interface Field {
  /** In the message. Defaults to the input's own name. */
  readonly name?: string;
  /** The value in the message; undefined if the type of the field cannot express it. */
  encode(value: unknown): unknown;
  /**
   * The value in the input. Defaults to the value as sent. A value that the input cannot express is
   * added to `violations` instead.
   */
  decode?(value: unknown, key: string, violations: Violation[]): unknown;
  /** Null is expressed by leaving the field out. */
  readonly nullable?: true;
}

const when =
  <Value>(holds: (value: unknown) => value is Value) =>
  (value: unknown): Value | undefined =>
    holds(value) ? value : undefined;

/** Half of a surrogate pair has no form in UTF-8: protobufjs would send another character. */
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.isWellFormed();
const isInt64 = (value: unknown): value is number => Number.isSafeInteger(value);
// `x | 0` is what a 32-bit field keeps of x.
const isInt32 = (value: unknown): value is number => isInt64(value) && (value | 0) === value;

export const text: Field = { encode: when(isText) };
export const textOrNull: Field = { ...text, nullable: true };
export const int64: Field = { encode: when(isInt64) };
export const int32: Field = { encode: when(isInt32) };
export const flag: Field = {
  encode: when((value): value is boolean => typeof value === 'boolean'),
};
export const texts: Field = {
  encode: when((value): value is string[] => Array.isArray(value) && value.every(isText)),
};
export const pairs: Field = {
  encode: when(
    (value): value is Record<string, string> =>
      typeof value === 'object' && value !== null && Object.entries(value).flat().every(isText),
  ),
};
export const time: Field = {
  encode: (value) => (isInt64(value) ? encodeTime(value) : undefined),
  decode: (value: Timestamp | null, key, violations) => givenTime(key, value, violations),
};

const nameIn = (names: Readonly<Record<string, string>>, value: unknown): string | undefined =>
  isText(value) && Object.hasOwn(names, value) ? names[value] : undefined;

export const word = (of: WireEnum<string, string>): Field => ({
  encode: (value) => nameIn(of.names, value),
  decode: of.given,
});

export const words = (of: WireEnum<string, string>): Field => ({
  encode(value) {
    const said = Array.isArray(value) ? value.map((each) => nameIn(of.names, each)) : [undefined];
    return said.includes(undefined) ? undefined : said;
  },
  decode: (names: readonly never[]) => names.map(of.given),
});

// Zero and the empty text mean "not set" in these (AIP-158, AIP-132), so an input cannot contain
// them. More than the maximum, which core refuses, counts as the maximum.
export const limit: Field = {
  name: 'pageSize',
  encode: (value) => (isInt32(value) && value !== 0 && value <= maxPageSize ? value : undefined),
  decode: (size: number) => (size === 0 ? undefined : Math.min(size, maxPageSize)),
};

export const cursor: Field = {
  name: 'pageToken',
  encode: (value) => (isText(value) && value) || undefined,
  decode: (token: string) => (token === '' ? undefined : token),
};

export const sort: Field = {
  name: 'orderBy',
  encode: (value) => nameIn(paymentOrders, value),
  decode(orderBy: string, key, violations) {
    const words = orderBy.trim().replace(/\s+/g, ' ');
    if (words === '') return undefined;
    const known = Object.entries(paymentOrders).find(([, said]) => said === words);
    if (!known) {
      const options = Object.keys(paymentOrders);
      const got = excerpt(orderBy);
      const message = expectedOneOf(options, got);
      violations.push({ path: [key], code: 'invalid_value', message, options, got });
    }
    return known?.[0];
  },
};
