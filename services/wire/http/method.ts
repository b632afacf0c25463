import { PaymentsError } from '../../core/errors.ts';

/**
 * A path exists but does not have this method (RFC 9110 §15.5.6).
 *
 * @param allow the methods that it has, as the `Allow` header lists them
 */
export function methodNotAllowed(method: string | undefined, allow: string): PaymentsError {
  const got = String(method).slice(0, 40);
  const expected = allow.includes(',') ? `one of ${allow}` : allow;
  return new PaymentsError('method_not_allowed', `Expected ${expected} here, got ${got}.`, {
    metadata: { method: got, allow },
  });
}
