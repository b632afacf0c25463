import { type CreateTableBuilder, type Kysely, type SchemaModule, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The parts of a migration that differ between databases. */
export interface MigrationDialect {
  /** Stores the rows of a table in the order of its primary key, if the database can. */
  clustered<Table extends string, Column extends string>(
    table: CreateTableBuilder<Table, Column>,
  ): CreateTableBuilder<Table, Column>;
  /** An integer of 53 bits. */
  readonly integer: 'integer' | 'bigint';
  readonly bytes: 'blob' | 'bytea';
}

/**
 * The schema's history, oldest first. A released migration is never changed; the names sort in the
 * order in which they run.
 */
export const migrationsFor = (dialect: MigrationDialect): Record<string, Migration> => ({
  '0001-payments': { up: (db) => createPayments(db, dialect) },
  '0002-payments-by-customer-amount': { up: indexPaymentsByCustomerAmount },
  '0003-what-lists-check': { up: indexWhatListsCheck },
});

async function createPayments(
  // Migrations do not use the schema types of today's queries.
  { schema }: Kysely<unknown>,
  dialect: MigrationDialect,
): Promise<void> {
  await createMerchants(schema, dialect);
  await createCustomers(schema, dialect);
  await createPaymentTable(schema, dialect);
  await createRefunds(schema, dialect);
  await createEvents(schema, dialect);
  await createIdempotencyRecords(schema, dialect);
  await createSecrets(schema, dialect);
}

async function createMerchants(
  schema: SchemaModule,
  { clustered, integer }: MigrationDialect,
): Promise<void> {
  await clustered(
    schema
      .createTable('merchants')
      .addColumn('id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('last_sequence', integer, (column) => column.notNull()),
  ).execute();

  await clustered(
    schema
      .createTable('api_keys')
      .addColumn('id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('merchant_id', 'text', (column) => column.notNull().references('merchants.id'))
      .addColumn('hash', 'text', (column) => column.notNull().unique())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('scopes', 'text', (column) => column.notNull())
      .addColumn('rate_per_second', integer, (column) => column.notNull())
      .addColumn('burst', integer, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('revoked_at', integer),
  ).execute();
}

/**
 * Makes keys begin with the merchant: a merchant's rows lie together, and no foreign key can point
 * to another merchant's row.
 */
async function createCustomers(
  schema: SchemaModule,
  { clustered, integer }: MigrationDialect,
): Promise<void> {
  await clustered(
    schema
      .createTable('customers')
      .addColumn('merchant_id', 'text', (column) => column.notNull().references('merchants.id'))
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('email', 'text')
      .addColumn('country', 'text')
      .addColumn('metadata', 'text', (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('customers_key', ['merchant_id', 'id']),
  ).execute();
  await schema
    .createIndex('customers_by_time')
    .on('customers')
    .columns(['merchant_id', 'created_at', 'id'])
    .execute();
  await schema
    .createIndex('customers_by_email')
    .on('customers')
    .columns(['merchant_id', 'email', 'created_at', 'id'])
    .where(sql.ref('email'), 'is not', null)
    .execute();
}

async function createPaymentTable(
  schema: SchemaModule,
  { clustered, integer }: MigrationDialect,
): Promise<void> {
  await clustered(
    schema
      .createTable('payments')
      .addColumn('merchant_id', 'text', (column) => column.notNull().references('merchants.id'))
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('amount', integer, (column) => column.notNull())
      .addColumn('amount_captured', integer, (column) => column.notNull())
      .addColumn('amount_refunded', integer, (column) => column.notNull())
      .addColumn('currency', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('capture_method', 'text', (column) => column.notNull())
      .addColumn('customer', 'text')
      .addColumn('payment_method', 'text', (column) => column.notNull())
      .addColumn('description', 'text')
      .addColumn('metadata', 'text', (column) => column.notNull())
      .addColumn('failure_code', 'text')
      .addColumn('failure_message', 'text')
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('updated_at', integer, (column) => column.notNull())
      .addColumn('version', integer, (column) => column.notNull())
      .addColumn('settle_at', integer)
      .addPrimaryKeyConstraint('payments_key', ['merchant_id', 'id'])
      .addForeignKeyConstraint('payments_customer', ['merchant_id', 'customer'], 'customers', [
        'merchant_id',
        'id',
      ])
      .addCheckConstraint(
        'payments_conserve_money',
        sql`0 <= amount_refunded and amount_refunded <= amount_captured
          and amount_captured <= amount`,
      ),
  ).execute();
  await schema
    .createIndex('payments_by_time')
    .on('payments')
    .columns(['merchant_id', 'created_at', 'id'])
    .execute();
  await schema
    .createIndex('payments_by_status')
    .on('payments')
    .columns(['merchant_id', 'status', 'created_at', 'id'])
    .execute();
  await schema
    .createIndex('payments_by_customer')
    .on('payments')
    .columns(['merchant_id', 'customer', 'created_at', 'id'])
    .where(sql.ref('customer'), 'is not', null)
    .execute();
  await schema
    .createIndex('payments_by_amount')
    .on('payments')
    .columns(['merchant_id', 'amount', 'id'])
    .execute();
  await schema
    .createIndex('payments_to_settle')
    .on('payments')
    .columns(['settle_at'])
    .where(sql.ref('settle_at'), 'is not', null)
    .execute();
}

async function createRefunds(
  schema: SchemaModule,
  { clustered, integer }: MigrationDialect,
): Promise<void> {
  await clustered(
    schema
      .createTable('refunds')
      .addColumn('merchant_id', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('payment', 'text', (column) => column.notNull())
      .addColumn('amount', integer, (column) => column.notNull())
      .addColumn('currency', 'text', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('created_at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('refunds_key', ['merchant_id', 'id'])
      .addForeignKeyConstraint('refunds_payment', ['merchant_id', 'payment'], 'payments', [
        'merchant_id',
        'id',
      ]),
  ).execute();
  await schema
    .createIndex('refunds_by_time')
    .on('refunds')
    .columns(['merchant_id', 'created_at', 'id'])
    .execute();
  await schema
    .createIndex('refunds_by_payment')
    .on('refunds')
    .columns(['merchant_id', 'payment', 'created_at', 'id'])
    .execute();
}

async function createEvents(
  schema: SchemaModule,
  { clustered, integer }: MigrationDialect,
): Promise<void> {
  await clustered(
    schema
      .createTable('events')
      .addColumn('merchant_id', 'text', (column) => column.notNull().references('merchants.id'))
      .addColumn('sequence', integer, (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('data', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('events_key', ['merchant_id', 'sequence']),
  ).execute();
}

async function createIdempotencyRecords(
  schema: SchemaModule,
  { clustered, integer }: MigrationDialect,
): Promise<void> {
  await clustered(
    schema
      .createTable('idempotency_records')
      .addColumn('merchant_id', 'text', (column) => column.notNull().references('merchants.id'))
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('fingerprint', 'text', (column) => column.notNull())
      .addColumn('outcome', 'text')
      .addColumn('resource_id', 'text', (column) => column.notNull())
      .addColumn('lease_until', integer, (column) => column.notNull())
      .addColumn('expires_at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('idempotency_records_key', ['merchant_id', 'key']),
  ).execute();
  await schema
    .createIndex('idempotency_records_by_expiry')
    .on('idempotency_records')
    .columns(['expires_at'])
    .execute();
}

async function createSecrets(
  schema: SchemaModule,
  { clustered, bytes }: MigrationDialect,
): Promise<void> {
  await clustered(
    schema
      .createTable('secrets')
      .addColumn('name', 'text', (column) => column.notNull().primaryKey())
      .addColumn('value', bytes, (column) => column.notNull()),
  ).execute();
}

/** Adds an index for a customer's payments by amount; sorting all of them would be unbounded. */
async function indexPaymentsByCustomerAmount({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createIndex('payments_by_customer_amount')
    .on('payments')
    .columns(['merchant_id', 'customer', 'amount', 'id'])
    .where(sql.ref('customer'), 'is not', null)
    .execute();
}

/**
 * Lets lists skip rows within an index. A row that overflows onto other pages is read as a whole by
 * each comparison that reaches it (https://sqlite.org/fileformat2.html#ovflpgs).
 */
async function indexWhatListsCheck({ schema }: Kysely<unknown>): Promise<void> {
  const indexes = {
    payments_by_time: ['created_at', 'id', 'amount'],
    payments_by_status: ['status', 'created_at', 'id', 'amount'],
    payments_by_amount: ['amount', 'id', 'created_at', 'status'],
    payments_by_customer: ['customer', 'created_at', 'id', 'amount', 'status'],
    payments_by_customer_amount: ['customer', 'amount', 'id', 'created_at', 'status'],
  };
  for (const [name, columns] of Object.entries(indexes)) {
    await schema.dropIndex(name).execute();
    const index = schema
      .createIndex(name)
      .on('payments')
      .columns(['merchant_id', ...columns]);
    const some = columns.includes('customer')
      ? index.where(sql.ref('customer'), 'is not', null)
      : index;
    await some.execute();
  }
  await schema
    .createIndex('events_by_type')
    .on('events')
    .columns(['merchant_id', 'sequence', 'type'])
    .execute();
}
