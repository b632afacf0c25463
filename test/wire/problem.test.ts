import { expect, test } from 'vitest';
import { invalid, PaymentsError } from '../../services/core/errors.ts';
import { decodeProblem, encodeProblem } from '../../services/wire/problem.ts';

const violation = (...path: (string | number)[]) =>
  invalid({ path, code: 'unknown_field', message: 'unknown field' });

const encoded = (error: PaymentsError, instance?: string) =>
  encodeProblem(error, { requestId: 'req_1', instance });

const pointerTo = (...path: (string | number)[]) =>
  encoded(violation(...path)).errors?.[0]?.pointer;

test('a pointer is a JSON Pointer in a URI fragment for any field name', () => {
  expect(pointerTo('paymentMethod')).toBe('#/payment_method');
  expect(pointerTo('x#y')).toBe('#/x%23y');
  expect(pointerTo('metadata', 'a/b~c', 0)).toBe('#/metadata/a~1b~0c/0');
  expect(pointerTo('metadata', '%25"{}\0\u20ac')).toBe('#/metadata/%2525%22%7B%7D%00%E2%82%AC');
  expect(pointerTo('\ud800')).toBe('#/%EF%BF%BD');
  expect(pointerTo('metadata', '')).toBe('#/metadata/');
});

test('an error survives the conversion to a problem object and back', () => {
  for (const error of [
    violation('paymentMethod'),
    violation('metadata', 'a/b~c#%25;,?', ''),
    invalid(
      { path: ['createdFrom'], code: 'invalid_type', message: 'expected a time' },
      { path: [], code: 'invalid', message: 'expected more' },
    ),
    new PaymentsError('rate_limited', 'Expected less.', {
      retryAfterMs: 10,
      metadata: { ratePerSecond: '1' },
    }),
  ]) {
    const back = decodeProblem(JSON.parse(JSON.stringify(encoded(error))));
    expect([back.code, back.message, back.details]).toEqual([
      error.code,
      error.message,
      error.details,
    ]);
  }
});

test('a problem names fields in snake_case and other inputs as the wire does', () => {
  const error = invalid(
    { path: ['paymentMethod'], code: 'required', message: 'expected text, got nothing' },
    { path: ['idempotencyKey'], code: 'invalid_format', message: 'expected a key' },
    { path: ['metadata', 'camelCase'], code: 'invalid', message: 'expected text' },
    { path: ['metadata', ''], code: 'invalid', message: 'expected a name' },
  );
  const names = { idempotencyKey: 'Idempotency-Key' };
  expect(encodeProblem(error, { requestId: 'req_1', names }).detail).toBe(
    'payment_method: expected text, got nothing; Idempotency-Key: expected a key; ' +
      'metadata.camelCase: expected text; metadata."": expected a name',
  );
  const limited = new PaymentsError('rate_limited', '', { metadata: { ratePerSecond: '1' } });
  expect(encoded(limited).metadata).toEqual({ rate_per_second: '1' });
});

test('a pointer names a member of a frame as the client spelled it', () => {
  const members = { idempotencyKey: 'idempotencyKey' };
  const problem = encodeProblem(violation('idempotencyKey'), { requestId: 'r', members });
  const { errors, detail } = problem;
  expect(errors?.[0]?.pointer).toBe('#/idempotencyKey');
  expect(detail).toBe('idempotencyKey: unknown field');
  const back = decodeProblem(problem, members);
  expect(back.details.violations?.[0]?.path).toEqual(['idempotencyKey']);
});

test('a problem lists 32 violations and says that there may be more, on client and server', () => {
  const many = (count: number) =>
    invalid(
      ...Array.from({ length: count }, (_, at) => ({
        path: [`x${at}`],
        code: 'unknown_field',
        message: 'unknown field',
      })),
    );
  expect(encoded(many(31)).detail).toMatch(/; and 23 more$/);
  const { errors, detail } = encoded(many(500));
  expect(errors).toHaveLength(32);
  expect(detail).toMatch(/; and at least 24 more$/);
  expect(decodeProblem(encoded(many(500))).message).toBe(many(500).message);
});

test('an instance is a URI reference with the path as it was sent', () => {
  const instanceOf = (path: string) => encoded(violation('a'), path).instance;
  expect(instanceOf('/v1/payments/%20x%3Ca%3E%00')).toBe('/v1/payments/%20x%3Ca%3E%00');
  expect(instanceOf('/v1/a%2Fb;c=d')).toBe('/v1/a%2Fb;c=d');
  expect(instanceOf('/v1/"<>^`{|}\\')).toBe('/v1/%22%3C%3E%5E%60%7B%7C%7D%5C');
  expect(instanceOf('/v1/%zz%')).toBe('/v1/%25zz%25');
  expect(instanceOf('/v1/\u00e9 \0')).toBe('/v1/%E9%20%00');
  expect(instanceOf('/v1/\ud800\u20ac')).toBe('/v1/%EF%BF%BD%E2%82%AC');
});

test('an unknown code is passed through to the caller', () => {
  const problem = { ...encoded(violation('a')), code: 'from_next_year', detail: 'It says so.' };
  const back = decodeProblem(JSON.parse(JSON.stringify(problem)));
  expect([back.code, back.message]).toEqual(['from_next_year', 'It says so.']);
  expect(decodeProblem(null).code).toBe('internal');
});
