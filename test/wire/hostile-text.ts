import fc from 'fast-check';

const half = fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit));
const control = fc.integer({ min: 0, max: 0x1f }).map((unit) => String.fromCharCode(unit));
const unit = fc.oneof(
  half,
  control,
  fc.constantFrom('%', '~', '/', '"', '\\', '\u2028', '\ufeff', '\x7f', '__proto__', 'id'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);

/** Text that encoders forget about: half surrogate pairs, NUL, controls, signs that are escaped. */
export const hostileText = fc.array(unit, { maxLength: 6 }).map((units) => units.join(''));

/** A JSON value with such names and values. */
export const hostileJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    hostileText,
    fc.constantFrom(null, true, 0, -1, 1.5, 2 ** 53),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(hostileText, tie('value'), { maxKeys: 3 }),
  ),
})).value;
