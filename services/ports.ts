import { randomFillSync } from 'node:crypto';
import { createIds } from './core/ids.ts';
import type { Limiter } from './core/limiter.ts';
import { createKeyring } from './core/merchants/keyring.ts';
import type { Clock, Ports } from './core/ports.ts';
import { createSimulator } from './core/processor/simulator.ts';
import type { Store } from './core/store.ts';
import { createTokenBuckets } from './core/token-bucket.ts';
import { networkOf } from './wire/address.ts';

const bytesPerNumber = 5;
const pool = new Uint8Array(bytesPerNumber * 512);
let used = pool.length;

/** A random integer in [0, 2^40); random bytes come from a pool, for speed. */
function random40(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let value = 0;
  for (let i = 0; i < bytesPerNumber; i += 1) value = value * 256 + (pool[used + i] ?? 0);
  used += bytesPerNumber;
  return value;
}

const newSecret = (): string =>
  Buffer.from(randomFillSync(new Uint8Array(24))).toString('base64url');

/** A limiter of addresses; those of one network share a bucket. */
function createAddressBuckets(): Pick<Limiter, 'take'> {
  const buckets = createTokenBuckets(() => performance.now());
  return {
    take([{ id, ...allowance }], tokens) {
      return buckets.take([{ id: networkOf(id), ...allowance }], tokens);
    },
  };
}

export interface PortsOptions {
  readonly observe?: Ports['observe'];
  /** Maximum failures a second from one address; 0 means unlimited. Defaults to 0. */
  readonly addressLimit?: number | undefined;
}

/** How many seconds' worth of failures an address may cause at once. */
const addressBurstSeconds = 10;

/** Core's ports as a running server has them: system clock, random ids, simulated card network. */
export async function createPorts(
  store: Store,
  clock: Clock = { now: Date.now },
  { observe, addressLimit = 0 }: PortsOptions = {},
): Promise<Ports> {
  return {
    store,
    clock,
    newId: createIds(random40),
    newSecret,
    authenticator: createKeyring(store),
    limiter: createTokenBuckets(() => performance.now()),
    ...(addressLimit > 0 && {
      failures: {
        limiter: createAddressBuckets(),
        allowance: {
          ratePerSecond: addressLimit,
          burst: Math.max(1, addressLimit * addressBurstSeconds),
        },
      },
    }),
    processor: createSimulator({ now: () => clock.now(), slowMs: 2000, timeoutMs: 500 }),
    cursorSecret: await store.across.secret('cursor'),
    ...(observe && { observe }),
  };
}
