/** Numbers as text. Nothing here computes. */

export const missing = '–';

const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

export const formatCount = (value: number | undefined): string =>
  value === undefined ? missing : grouped.format(value);

/** Three significant digits, without an exponent. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return missing;
  if (value === 0) return '0';
  const decimals = Math.max(0, Math.min(3, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value >= 1000 ? grouped.format(value) : String(Number(value.toFixed(decimals)));
}

/** Microseconds, as milliseconds. */
export const formatMs = (micros: number | undefined): string =>
  micros === undefined ? missing : formatNumber(micros / 1000);

/** At most one decimal. */
export const formatTenth = (value: number | undefined): string =>
  value === undefined ? missing : String(Number(value.toFixed(1)));

export function formatRatio(
  comparison:
    | {
        readonly ratio: number;
        readonly interval: { readonly low: number; readonly high: number } | undefined;
      }
    | undefined,
): string {
  if (!comparison) return missing;
  const { ratio, interval } = comparison;
  const text = `${ratio.toFixed(2)}×`;
  return interval ? `${text} [${interval.low.toFixed(2)}, ${interval.high.toFixed(2)}]` : text;
}

/** A ratio in two or three digits, in as many decimals as suit `like`. */
export const formatTimes = (ratio: number, like = ratio): string =>
  ratio.toFixed(like < 1.25 ? 2 : Math.max(0, 1 - Math.floor(Math.log10(like))));

/** How far a figure ranges, as the larger of both sides: `±9 %`. Empty below half a percent. */
export function formatSpread(figure: {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}): string {
  const { value, low, high } = figure;
  const percent = Math.round((Math.max(high - value, value - low) / value) * 100);
  return percent > 0 ? `±${percent} %` : '';
}

const fractions = [
  ['half', 1 / 2],
  ['a third', 1 / 3],
  ['a quarter', 1 / 4],
  ['a fifth', 1 / 5],
] as const;
/** How far a share may be from what it is called. */
const nearEnough = 0.06;

/** A part of a whole in words, where there are some: `a quarter of`, `64 % of`, `1.4×`. */
export function formatShare(share: number): string {
  const isNear = (value: number) => Math.abs(share / value - 1) <= nearEnough;
  const [name] = fractions.find(([, value]) => isNear(value)) ?? [];
  if (name !== undefined) return `${name} of`;
  return share < 1 ? `${Math.round(share * 100)} % of` : `${formatTimes(share)}×`;
}

/** Names as they stand in a sentence: `REST, gRPC and GraphQL` */
export function formatList(names: readonly string[], before = 'and'): string {
  const last = names.at(-1) ?? '';
  const others = names.slice(0, -1);
  return others.length === 0 ? last : `${others.join(', ')} ${before} ${last}`;
}

/** Bytes with the unit that suits them: `40.1 kB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${formatNumber(bytes)} B`;
  if (bytes < 1e6) return `${formatNumber(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${formatNumber(bytes / 1e6)} MB` : `${formatNumber(bytes / 1e9)} GB`;
}

/** `1 min 05 s` */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  return minutes === 0
    ? `${seconds} s`
    : `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
}
