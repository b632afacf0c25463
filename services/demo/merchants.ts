import { hashSecret } from '../core/merchants/keyring.ts';
import { type Scope, scopes } from '../core/merchants/merchant.ts';
import type { Ports } from '../core/ports.ts';

/** The merchant that gets the real invoices. */
export const retailMerchant = 'acct_retail';

/** Keys of the shop with the real invoices: one that cannot write, and one that does all. */
export const readingKey = 'sk_test_retail_reader';
export const writingKey = 'sk_test_retail_admin';

const unlimited = { ratePerSecond: 100_000, burst: 100_000 };

/** Published keys, for trying out: never create these where anything is at stake. */
export const demoKeys: readonly {
  readonly merchant: string;
  readonly name: string;
  readonly secret: string;
  readonly scopes: readonly Scope[];
  readonly ratePerSecond: number;
  readonly burst: number;
}[] = [
  {
    merchant: retailMerchant,
    name: 'admin',
    secret: writingKey,
    scopes,
    ...unlimited,
  },
  {
    merchant: retailMerchant,
    name: 'reader',
    secret: readingKey,
    scopes: scopes.filter((scope) => scope.endsWith(':read')),
    ratePerSecond: 100,
    burst: 200,
  },
  { merchant: 'acct_other', name: 'admin', secret: 'sk_test_other_admin', scopes, ...unlimited },
];

const names: Readonly<Record<string, string>> = {
  acct_retail: 'Online Retail',
  acct_other: 'Other Merchant',
};

/** Creates the demo merchants and their keys, unless they are there. */
export async function createDemoMerchants({ store, clock, newId }: Ports): Promise<void> {
  if (await store.across.merchant(retailMerchant)) return;
  const createdAt = clock.now();
  await store.write(async (tx) => {
    for (const [id, name] of Object.entries(names)) await tx.insertMerchant({ id, name });
    for (const { merchant, secret, ...key } of demoKeys) {
      await tx.of(merchant).insertApiKey({
        ...key,
        id: newId('key', createdAt),
        hash: hashSecret(secret),
        createdAt,
        revokedAt: null,
      });
    }
  });
}
