import { z } from 'zod';
import { notFound } from '../errors.ts';
import { readOperation, writeOperation } from '../operation.ts';
import { inOrder, type Page, pageShape, toPage } from '../page.ts';
import { anyId, manyIds, metadataSchema, textOf } from '../values.ts';
import type { Customer } from './customer.ts';

export const createCustomer = writeOperation({
  name: 'createCustomer',
  summary: 'Creates a customer.',
  scope: 'customers:write',
  price: 5,
  input: z.strictObject({
    name: textOf(1, 200),
    email: z.email().max(254).nullable().default(null),
    country: textOf(1, 100).nullable().default(null),
    metadata: metadataSchema.default({}),
  }),
  async run({ tx, merchantId, nowMs, newId }, input): Promise<Customer> {
    const customer: Customer = { id: newId('cus', nowMs), ...input, createdAt: nowMs };
    await tx.insertCustomer(merchantId, customer);
    await tx.appendEvent(merchantId, {
      id: newId('evt', nowMs),
      type: 'customer.created',
      createdAt: nowMs,
      data: { kind: 'customer', customer },
    });
    return customer;
  },
});

export const getCustomer = readOperation({
  name: 'getCustomer',
  summary: 'Reads one customer.',
  scope: 'customers:read',
  price: 1,
  input: z.strictObject({ id: anyId }),
  async run({ read, merchantId }, { id }): Promise<Customer> {
    const customer = await read.customer(merchantId, id);
    if (!customer) throw notFound('customer', id);
    return customer;
  },
});

export const getCustomersByIds = readOperation({
  name: 'getCustomersByIds',
  summary:
    'Reads up to 100 customers at once; the results are in the order of the ids, null for an id that is not found.',
  scope: 'customers:read',
  price: 1,
  input: z.strictObject({ ids: manyIds }),
  async run({ read, merchantId }, { ids }): Promise<readonly (Customer | null)[]> {
    return inOrder(ids, await read.customers(merchantId, ids));
  },
});

export const listCustomers = readOperation({
  name: 'listCustomers',
  summary: 'Lists customers, newest first, optionally those with one email address.',
  scope: 'customers:read',
  price: 1,
  input: z.strictObject({ ...pageShape, email: z.email().max(254).optional() }),
  async run({ read, merchantId, cursors }, input): Promise<Page<Customer>> {
    const { limit, cursor, email } = input;
    const binding = JSON.stringify(['listCustomers', merchantId, email]);
    const after = cursor === undefined ? undefined : cursors.open(cursor, binding);
    const rows = await read.listCustomers(merchantId, { email }, { limit: limit + 1, after });
    return toPage(rows, limit, (last) =>
      cursors.seal({ value: last.createdAt, id: last.id }, binding),
    );
  },
});
