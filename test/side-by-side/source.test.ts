import { expect, test } from 'vitest';
import {
  declaration,
  entry,
  excerptOf,
  rowWith,
} from '../../services/console/side-by-side/source.ts';

const shown = (file: string, find: Parameters<typeof excerptOf>[1]) => {
  const excerpt = excerptOf(file, find);
  return excerpt && [excerpt.lines[0], excerpt.lines.at(-1)];
};

test('a function, a constant, a property and a row are found from their first line to their last', () => {
  const handlers = 'services/rest/handlers.ts';
  expect(shown(handlers, declaration('handlerOf'))).toEqual([
    'function handlerOf(name: CallName, representation: Representation<unknown>): Handler {',
    '}',
  ]);
  expect(shown(handlers, declaration('one'))).toEqual(['const one =', '  };']);
  expect(shown('services/graphql/payments.ts', entry('customer', /^ {2}Payment: \{/))).toEqual([
    'customer: ({ customer }: Payment, _args: unknown, { loaders }: GraphqlContext) =>',
    '  customer === null ? null : loaders().customer.load(customer),',
  ]);
  expect(shown('services/rest/routes.ts', rowWith("operation: 'createPayment'"))).toEqual([
    '{',
    '},',
  ]);
});

test('what is not there is not found, and nothing fails', () => {
  expect(excerptOf('services/rest/nothing.ts', declaration('one'))).toBeUndefined();
  expect(excerptOf('services/rest/handlers.ts', declaration('nothing'))).toBeUndefined();
  expect(excerptOf('services/rest/handlers.ts', entry('one', /^nowhere/))).toBeUndefined();
  expect(excerptOf('services/rest/routes.ts', rowWith('nothing of the kind'))).toBeUndefined();
});
