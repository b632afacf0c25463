import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { toPaymentsError } from '../../services/core/errors.ts';
import { operations } from '../../services/core/operations.ts';
import { usesBeforeCompiling, validate } from '../../services/core/validate.ts';
import { clientFrames } from '../../services/websocket/frames.ts';

/** Values of every kind, whole inputs and fields alike. */
const odd: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -0,
  1.5,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  10n,
  '',
  'GBP',
  'gbp',
  'pay_none',
  'a\ud800b',
  'x'.repeat(600),
  [],
  [1],
  ['payment.created'],
  {},
  { a: 'b' },
  { a: 1 },
  JSON.parse('{"__proto__":"x"}'),
  Object.assign(Object.create(null), { id: 'pay_none' }),
  new (class Input {
    id = 'pay_none';
    get amount() {
      return 1;
    }
  })(),
  new Date(0),
  new Map(),
  () => 1,
];

const schemas: readonly (readonly [string, z.ZodType])[] = [
  ...Object.values(operations).map(({ name, input }) => [name, input] as const),
  ...Object.entries(clientFrames),
];

function outcome(work: () => unknown): unknown {
  try {
    return { data: work() };
  } catch (thrown) {
    const { code, message, details } = toPaymentsError(thrown);
    return { code, message, details };
  }
}

/** An input with `value` in one field, or in one that there is not. */
function inputsOf(schema: z.ZodType): unknown[] {
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const fields = [...names, 'nothing'];
  return [...odd, ...fields.flatMap((name) => odd.map((value) => ({ [name]: value })))];
}

describe('a schema that is compiled after many uses accepts and refuses the same values as before', () => {
  test.each(schemas)('for %s', (_name, schema) => {
    const inputs = inputsOf(schema);
    // A copy of the schema has uses of its own, and each input is one more.
    const fresh = () => schema.clone();
    const before = inputs.map((input) => outcome(() => validate(fresh(), input)));
    const used = fresh();
    for (let use = 0; use <= usesBeforeCompiling; use += 1) outcome(() => validate(used, {}));
    expect(inputs.map((input) => outcome(() => validate(used, input)))).toEqual(before);
  });
});
