import { invalid } from '../core/errors.ts';

/** The dated version of the contract that this room speaks. */
export const currentVersion = '2026-11-01';

/** @throws PaymentsError `validation_failed` unless `Payments-Version` is absent or current */
export function requireKnownVersion(version: string | undefined): void {
  if (version === undefined || version === currentVersion) return;
  throw invalid({
    path: ['paymentsVersion'],
    code: 'unknown_version',
    message: `expected the Payments-Version ${currentVersion}, got '${version.slice(0, 40)}'`,
  });
}
