import { z } from 'zod';
import { notFound } from '../errors.ts';
import { readOperation, writeOperation } from '../operation.ts';
import { batch, created, one, page } from '../output.ts';
import { inOrder, pageShape, toPage } from '../page.ts';
import { anyId, manyIds, metadataSchema, textOf } from '../values.ts';
import type { Customer } from './customer.ts';

const createCustomer = writeOperation({
  name: 'createCustomer',
  summary: 'Creates a customer.',
  scope: 'customers:write',
  tokens: 5,
  input: z.strictObject({
    name: textOf(1, 200),
    email: z.email().max(254).nullable().default(null),
    country: textOf(1, 100).nullable().default(null),
    metadata: metadataSchema.default({}),
  }),
  output: created('customer'),
  async run({ tx, nowMs, newId }, input) {
    const customer: Customer = { id: newId('cus', nowMs), ...input, createdAt: nowMs };
    await tx.insertCustomer(customer);
    await tx.appendEvent({
      id: newId('evt', nowMs),
      type: 'customer.created',
      createdAt: nowMs,
      data: { kind: 'customer', customer },
    });
    return customer;
  },
});

const getCustomer = readOperation({
  name: 'getCustomer',
  summary: 'Reads one customer.',
  scope: 'customers:read',
  tokens: 1,
  input: z.strictObject({ id: anyId }),
  output: one('customer'),
  async run({ read }, { id }) {
    const customer = await read.customer(id);
    if (!customer) throw notFound('customer', id);
    return customer;
  },
});

const getCustomersByIds = readOperation({
  name: 'getCustomersByIds',
  summary:
    'Reads up to 100 customers at once; the results are in the order of the ids, null for an id that is not found.',
  scope: 'customers:read',
  tokens: 1,
  input: z.strictObject({ ids: manyIds }),
  output: batch('customer'),
  async run({ read, size }, { ids }) {
    return inOrder(size, ids, await read.customers(ids));
  },
});

const listCustomers = readOperation({
  name: 'listCustomers',
  summary: 'Lists customers, newest first, optionally those with one email address.',
  scope: 'customers:read',
  tokens: 1,
  input: z.strictObject({ ...pageShape, email: z.email().max(254).optional() }),
  output: page('customer'),
  async run({ read, size, merchantId, cursors }, input) {
    const { limit, cursor, email } = input;
    const binding = JSON.stringify(['listCustomers', merchantId, email]);
    const after = cursor === undefined ? undefined : cursors.open(cursor, binding);
    const rows = await read.listCustomers({ email }, { limit: limit + 1, after });
    return toPage(size, rows, limit, (last) =>
      cursors.seal({ value: last.createdAt, id: last.id }, binding),
    );
  },
});

/** The operations on customers. */
export const customerOperations = {
  createCustomer,
  getCustomer,
  getCustomersByIds,
  listCustomers,
};
