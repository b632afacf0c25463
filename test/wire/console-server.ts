import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../services/config.ts';
import { createInProcessClient } from '../../services/core/client.ts';
import { start } from '../../services/main.ts';
import { adminKey, openHouse } from '../house.ts';

/** A whole server on demo data of one payment, as a browser finds it. */
export interface ConsoleServer {
  readonly origin: string;
  readonly ports: { readonly http: number; readonly grpc?: number };
  close(): Promise<void>;
}

export async function openConsoleServer(
  env: Readonly<Record<string, string>> = {},
): Promise<ConsoleServer> {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  const url = `sqlite:${join(folder, 'payments.db')}`;
  // A database that is not empty gets no invoices.
  const house = await openHouse(url);
  const client = createInProcessClient(house.core, adminKey);
  const { id: customer } = await client.createCustomer({ name: 'Ada' }, { idempotencyKey: 'a' });
  await client.createPayment(
    { amount: 1999, currency: 'GBP', paymentMethod: 'pm_card_ok', customer, confirm: true },
    { idempotencyKey: 'b' },
  );
  await house.close();
  const settings = { DATABASE_URL: url, HTTP_PORT: '0', GRPC_PORT: '0', ...env };
  const server = await start(readConfig(settings));
  return {
    origin: `http://127.0.0.1:${server.ports.http}`,
    ports: server.ports,
    async close() {
      await server.close({ callsMs: 1000 });
      rmSync(folder, { recursive: true });
    },
  };
}
