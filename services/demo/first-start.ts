import type { Ports } from '../core/ports.ts';
import { createDemoMerchants, retailMerchant } from './merchants.ts';

const invoicesPath = new URL('../../bench/data/online-retail-invoices.csv', import.meta.url);

/** Makes the demo merchants; in an empty database also the real invoices, and shows progress. */
export async function createDemo(
  ports: Ports,
  databaseUrl: string,
  signal?: AbortSignal,
): Promise<void> {
  await createDemoMerchants(ports);
  if ((await ports.store.of(retailMerchant).lastSequence()) > 0) return;
  if (databaseUrl === 'sqlite::memory:') {
    const { importDemo } = await import('./import.ts');
    await importDemo(ports, { csvPath: invoicesPath, signal });
    return;
  }
  // The memory that an import takes goes with its process.
  const { importApart } = await import('./import-apart.ts');
  await importApart(databaseUrl, signal);
}
