import { expect, test } from 'vitest';
import { z } from 'zod';
import { validate } from '../../services/core/validate.ts';

test('an input with more parts than any operation takes is refused before they are validated', () => {
  let looked = 0;
  const text = z.string().refine(() => {
    looked += 1;
    return true;
  });
  const schema = z.object({
    list: z.array(text).optional(),
    map: z.record(z.string(), text).optional(),
  });
  const texts = Array.from({ length: 1001 }, (_, i) => `text ${i}`);
  const map = Object.fromEntries(texts.map((name) => [name, name]));
  for (const [input, path] of [
    [{ list: texts }, ['list']],
    [{ map }, ['map']],
    [map, []],
  ] as const) {
    let thrown: unknown;
    try {
      validate(schema, input);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: 'validation_failed',
      details: { violations: [{ path, code: 'too_big' }] },
    });
  }
  expect(looked).toBe(0);
  validate(schema, { list: texts.slice(1) });
  expect(looked).toBe(1000);
});
