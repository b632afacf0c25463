import { randomBytes } from 'node:crypto';
import type { AcrossMerchants } from '../core/store.ts';
import type { Dialect } from './dialect.ts';
import { compile, only } from './query.ts';
import { bytes, type TablesOf, tableOf, text } from './table.ts';
import type { Writer } from './writer.ts';

interface Secret {
  readonly name: string;
  readonly value: Uint8Array;
}

export const secrets = tableOf<Secret>()('secrets', { name: text(), value: bytes() }, {});

const secretBytes = 32;

export function secretQueries({ builder }: Dialect) {
  const db = builder.$extendTables<TablesOf<typeof secrets>>();
  return {
    secret: compile<{ name: string }, Secret>(
      ({ name }) => db.selectFrom('secrets').select(secrets.names).where('name', '=', name),
      secrets.fromRow,
    ),
    insertSecret: compile<Secret>((row) =>
      db
        .insertInto('secrets')
        .values(only(row, secrets.names))
        .onConflict((conflict) => conflict.doNothing()),
    ),
    deleteSecret: compile<{ name: string }>(({ name }) =>
      db.deleteFrom('secrets').where('name', '=', name),
    ),
  };
}

export function secretsOf(
  { prepare, write }: Pick<Writer, 'prepare' | 'write'>,
  queries: ReturnType<typeof secretQueries>,
): Pick<AcrossMerchants, 'secret'> {
  const insert = prepare(queries.insertSecret);
  const one = prepare(queries.secret);
  return {
    secret: (name) =>
      write(async () => {
        await insert.run({ name, value: randomBytes(secretBytes) });
        const secret = await one.get({ name });
        if (!secret) throw new Error(`expected secret ${name} to be kept, found none`);
        return secret.value;
      }),
  };
}
