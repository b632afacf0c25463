import { PaymentsError } from '../core/errors.ts';

/** How well a media range fits application/json, by its specificity; 0 where it does not. */
const specificity = (range: string): number =>
  range === 'application/json' ? 3 : range === 'application/*' ? 2 : range === '*/*' ? 1 : 0;

/** Whether `Accept` admits JSON: the most specific range decides (RFC 9110 §12.5.1). */
export function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return true;
  let best = 0;
  let quality = 0;
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const fit = specificity(range);
    if (fit <= best) continue;
    best = fit;
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    quality = weight === undefined ? 1 : Number(weight.slice(2));
  }
  return best > 0 && quality > 0;
}

/** @throws PaymentsError `not_acceptable` */
export function requireAcceptable(accept: string | undefined): void {
  if (acceptsJson(accept)) return;
  throw new PaymentsError(
    'not_acceptable',
    `Expected an Accept that admits application/json, got '${accept?.slice(0, 100)}'.`,
  );
}
