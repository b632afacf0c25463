import { z } from 'zod';

/**
 * ISO 4217 currencies that this system accepts, with the number of decimals of their minor unit.
 * An amount is an integer of minor units: GBP 1.00 is 100, JPY 100 is 100, BHD 1.000 is 1000.
 */
export const currencies = {
  AUD: 2,
  BHD: 3,
  BRL: 2,
  CAD: 2,
  CHF: 2,
  CNY: 2,
  CZK: 2,
  DKK: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  INR: 2,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  MXN: 2,
  NOK: 2,
  NZD: 2,
  OMR: 3,
  PLN: 2,
  SEK: 2,
  SGD: 2,
  TND: 3,
  USD: 2,
  ZAR: 2,
} as const;

export type Currency = keyof typeof currencies;

/** Maximum amount of one payment, in minor units. A sum of 90,000 of these is still exact. */
export const maxAmountMinor = 99_999_999_999;

export const currencySchema = z.enum(Object.keys(currencies) as [Currency, ...Currency[]]);

/** A positive integer of minor units. */
export const amountSchema = z.int().min(1).max(maxAmountMinor);

/**
 * Converts a decimal text in major units ("12.5") to minor units (1250). Returns undefined if it is
 * not a number or has more decimals than the currency.
 */
export function parseMajor(text: string, currency: Currency): number | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  const decimals = currencies[currency];
  const digits = fraction.replace(/0+$/, '');
  if (digits.length > decimals) return undefined;
  const minor = Number(whole + digits.padEnd(decimals, '0'));
  return Number.isSafeInteger(minor) ? (sign ? -minor : minor) : undefined;
}
