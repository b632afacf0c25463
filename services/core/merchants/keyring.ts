import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Authenticated, Authenticator, Principal, Revocation } from '../caller.ts';
import { PaymentsError } from '../errors.ts';
import type { Commits } from '../events/store.ts';
import type { Bucket } from '../limiter.ts';
import { onceAtATime } from '../once-at-a-time.ts';
import { merchantAllowance, type StoredApiKey } from './merchant.ts';
import type { Accounts } from './store.ts';

/** How long a key is trusted where the store reports no commit of another process. */
const trustedMs = 10_000;
const rememberedKeys = 10_000;
/** How long a secret itself is kept, so that a busy client's is not hashed for every call. */
const secretsKeptMs = 1000;
const keptSecrets = 1000;
/** However often other processes commit, the keys held are looked up this often at most. */
const lookUpEveryMs = 500;
/** Keys of one query: nobody waits long for it. */
const lookedUpAtOnce = 500;

/** SHA-256 of a secret, as the store keeps it. */
export const hashSecret = (secret: string): string => hash('sha256', secret);

const unauthenticated = (message: string): PaymentsError =>
  new PaymentsError('unauthenticated', message);

const principalOf = ({
  id,
  merchantId,
  scopes,
  ratePerSecond,
  burst,
}: StoredApiKey): Principal => ({ id, merchantId, scopes, ratePerSecond, burst });

const bucketsOf = (principal: Principal): readonly [Bucket, Bucket] => [
  principal,
  { id: principal.merchantId, ...merchantAllowance },
];

/** A key that was found good, as the keyring keeps it. */
interface Entry extends Authenticated {
  readonly revocation: ReturnType<typeof createRevocation>;
  trustedUntil: number;
}

/**
 * Authenticates API keys by the store, and remembers those that it found. Unknown secrets are not
 * remembered: they cannot fill the memory. After each commit of another process every key that is
 * remembered is looked up again, so that a revocation there ends the streams that are open here
 * within a second.
 */
export function createKeyring(
  store: Pick<Commits, 'onForeignCommit'> & {
    readonly across: Pick<Accounts, 'apiKeyByHash' | 'keysInForce'>;
  },
): Authenticator {
  /** By the hash of the secret. */
  const known = new Map<string, Entry>();
  /** Those for whose revocation somebody listens: they are never forgotten. */
  const held = new Map<string, Entry>();

  const recent = createRecent();

  const entryOf = (hashed: string): Entry | undefined => known.get(hashed) ?? held.get(hashed);

  function remember(hashed: string, entry: Entry): void {
    if (known.size >= rememberedKeys) {
      known.clear();
      recent.clear();
    }
    known.set(hashed, entry);
  }

  function makeEntry(key: StoredApiKey): Entry {
    const principal = principalOf(key);
    const entry: Entry = {
      principal,
      revocation: createRevocation((isHeld) => {
        if (isHeld) held.set(key.hash, entry);
        else held.delete(key.hash);
      }),
      buckets: bucketsOf(principal),
      trustedUntil: 0,
    };
    return entry;
  }

  function end(hashed: string): void {
    const entry = entryOf(hashed);
    known.delete(hashed);
    entry?.revocation.happen();
  }

  async function endRevoked(): Promise<void> {
    const remembered = [...new Set([...known.keys(), ...held.keys()])];
    for (let at = 0; at < remembered.length; at += lookedUpAtOnce) {
      const asked = remembered.slice(at, at + lookedUpAtOnce);
      const inForce = new Set(await store.across.keysInForce(asked));
      for (const hashed of asked) if (!inForce.has(hashed)) end(hashed);
      await nextTurn();
    }
  }
  store.onForeignCommit(onceAtATime(endRevoked, lookUpEveryMs));

  async function lookUp(hashed: string, nowMs: number): Promise<Entry> {
    const key = await store.across.apiKeyByHash(hashed);
    if (!key) throw unauthenticated('Expected a valid API key, got one that is not known.');
    if (key.revokedAt !== null) {
      end(hashed);
      throw unauthenticated('Expected a valid API key, got one that was revoked.');
    }
    const entry = entryOf(hashed) ?? makeEntry(key);
    entry.trustedUntil = nowMs + trustedMs;
    remember(hashed, entry);
    return entry;
  }

  return {
    authenticate({ credential: secret }, nowMs) {
      if (secret === undefined || secret === '') {
        const message = 'Expected an API key as a bearer token, got none.';
        return Promise.reject(unauthenticated(message));
      }
      const seen = recent.find(secret, nowMs);
      if (seen) return seen;
      const hashed = hashSecret(secret);
      const found = known.get(hashed);
      if (!found || nowMs >= found.trustedUntil) return lookUp(hashed, nowMs);
      recent.keep(secret, found);
      return found;
    },

    revoke(principalId) {
      for (const [hashed, { principal }] of [...known, ...held]) {
        if (principal.id === principalId) end(hashed);
      }
    },
  };
}

/** Entries by the secret itself, for a second; in memory alone, and never of a revoked key. */
function createRecent() {
  const entries = new Map<string, Entry>();
  let sinceMs = 0;
  return {
    find(secret: string, nowMs: number): Entry | undefined {
      if (Math.abs(nowMs - sinceMs) >= secretsKeptMs) {
        entries.clear();
        sinceMs = nowMs;
      }
      const entry = entries.get(secret);
      return entry && !entry.revocation.happened && nowMs < entry.trustedUntil ? entry : undefined;
    },
    keep(secret: string, entry: Entry): void {
      if (entries.size < keptSecrets) entries.set(secret, entry);
    },
    clear: () => entries.clear(),
  };
}

/** @param onHeld called when the first listener comes, and when the last one is gone */
function createRevocation(onHeld: (isHeld: boolean) => void): Revocation & { happen(): void } {
  const listeners = new Set<() => void>();
  const revocation = {
    happened: false,
    listen(listener: () => void) {
      if (revocation.happened) {
        listener();
        return () => {};
      }
      // A function of its own for each, so that one that ends takes no other with it.
      const hear = () => listener();
      listeners.add(hear);
      if (listeners.size === 1) onHeld(true);
      return () => {
        if (listeners.delete(hear) && listeners.size === 0) onHeld(false);
      };
    },
    happen() {
      revocation.happened = true;
      const all = [...listeners];
      listeners.clear();
      onHeld(false);
      for (const hear of all) hear();
    },
  };
  return revocation;
}
