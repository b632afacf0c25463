/** Numbers as texts, and the round ones among them. */

/** Width of a letter of a picture, about, pixels. */
export const letter = 6.5;

export const significant = (value, digits = 3) => {
  if (value === 0) return '0';
  const decimals = Math.max(0, Math.min(3, digits - 1 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toLocaleString('en-GB', { maximumFractionDigits: decimals });
};
export const short = (value) => {
  const size = Math.abs(value);
  if (size >= 1e6) return `${significant(value / 1e6)}M`;
  return size >= 1000 ? `${significant(value / 1000)}k` : significant(value);
};
export const times = (value) => `${value.toFixed(2)}×`;

const steps = [1, 2, 5];
/** Round numbers on a logarithmic axis, few enough to be read. */
export function logTicks([low, high], most) {
  const all = d3
    .range(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)) + 1)
    .flatMap((power) => steps.map((step) => Number((step * 10 ** power).toPrecision(3))))
    .filter((tick) => tick >= low && tick <= high);
  if (all.length <= most) return all;
  const decades = all.filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e6) / 1e6));
  return decades.length >= 2
    ? decades.filter((_, at) => at % Math.ceil(decades.length / most) === 0)
    : all.slice(0, most);
}
const ratioSteps = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10, 20, 50,
  100,
];
/** Ratios to label: 1 always, the others where there is room beside those nearer to 1. */
export function ratioTicks([low, high], width) {
  const place = (value) => (Math.log(value / low) / Math.log(high / low)) * width;
  const near = ratioSteps
    .filter((tick) => tick >= low && tick <= high)
    .sort((a, b) => Math.abs(Math.log(a)) - Math.abs(Math.log(b)));
  const kept = [];
  for (const tick of near) {
    if (kept.every((one) => Math.abs(place(one) - place(tick)) >= 44)) kept.push(tick);
  }
  return kept;
}
