import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Authenticated, Authenticator, Principal, Revocation } from '../caller.ts';
import { PaymentsError } from '../errors.ts';
import type { Commits } from '../events/store.ts';
import type { Bucket } from '../limiter.ts';
import { onceAtATime } from '../once-at-a-time.ts';
import { merchantAllowance, type StoredApiKey } from './merchant.ts';
import type { Accounts } from './store.ts';

/** How long a key is trusted if the store reports no commit of another process. */
const trustedMs = 10_000;
const rememberedKeys = 10_000;
/** How long a secret is kept, so that a busy client's secret is not hashed for every call. */
const secretsKeptMs = 1000;
const keptSecrets = 1000;
/** Minimum time between look-ups of the remembered keys, however often others commit. */
const lookUpEveryMs = 500;
/** Maximum keys of one query, so that it stays short. */
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

/** A valid key, as the keyring remembers it. */
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
  const recent = createRecent();
  const entries = createEntries(() => lookUpAll());

  async function endRevoked(): Promise<void> {
    const remembered = entries.hashes();
    for (let at = 0; at < remembered.length; at += lookedUpAtOnce) {
      const asked = remembered.slice(at, at + lookedUpAtOnce);
      const inForce = new Set(await store.across.keysInForce(asked));
      for (const hashed of asked) if (!inForce.has(hashed)) entries.end(hashed);
      await nextTurn();
    }
  }
  const lookUpAll = onceAtATime(endRevoked, lookUpEveryMs);
  store.onForeignCommit(lookUpAll);

  async function lookUp(hashed: string, nowMs: number): Promise<Entry> {
    const key = await store.across.apiKeyByHash(hashed);
    if (!key) throw unauthenticated('Expected a valid API key, got one that is not known.');
    if (key.revokedAt !== null) {
      entries.end(hashed);
      throw unauthenticated('Expected a valid API key, got one that was revoked.');
    }
    const entry = entries.of(hashed) ?? entries.make(key);
    entry.trustedUntil = nowMs + trustedMs;
    if (entries.remember(hashed, entry)) recent.clear();
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
      const found = entries.known(hashed);
      if (!found || nowMs >= found.trustedUntil) return lookUp(hashed, nowMs);
      recent.keep(secret, found);
      return found;
    },

    revoke(principalId) {
      for (const hashed of entries.hashes()) {
        if (entries.of(hashed)?.principal.id === principalId) entries.end(hashed);
      }
    },
  };
}

/**
 * Entries by the hash of their secret.
 *
 * @param onDoubt called when an entry is held that was forgotten, and so may have missed a
 *   revocation since
 */
function createEntries(onDoubt: () => void) {
  const known = new Map<string, Entry>();
  /** Keys with a revocation listener. They are never forgotten. */
  const held = new Map<string, Entry>();

  const entryOf = (hashed: string): Entry | undefined => known.get(hashed) ?? held.get(hashed);

  /** @returns a function that lets the entry go again */
  function hold(hashed: string, entry: Entry): () => void {
    const current = entryOf(hashed);
    if (current && current !== entry) {
      // Forgotten, and a new entry was made of the same key since: both end with the new one.
      return current.revocation.listen(() => entry.revocation.happen());
    }
    held.set(hashed, entry);
    if (!current) onDoubt();
    return () => held.delete(hashed);
  }

  function make(key: StoredApiKey): Entry {
    const principal = principalOf(key);
    let letGo = () => {};
    const entry: Entry = {
      principal,
      revocation: createRevocation((isHeld) => {
        letGo();
        letGo = isHeld ? hold(key.hash, entry) : () => {};
      }),
      buckets: bucketsOf(principal),
      trustedUntil: 0,
    };
    return entry;
  }

  return {
    make,
    of: entryOf,
    /** Excludes entries that are held and otherwise forgotten. */
    known: (hashed: string): Entry | undefined => known.get(hashed),
    /** @returns whether all other entries were forgotten to make room */
    remember(hashed: string, entry: Entry): boolean {
      const isFull = known.size >= rememberedKeys;
      if (isFull) known.clear();
      known.set(hashed, entry);
      return isFull;
    },
    end(hashed: string): void {
      const entry = entryOf(hashed);
      known.delete(hashed);
      entry?.revocation.happen();
    },
    hashes: (): readonly string[] => [...new Set([...known.keys(), ...held.keys()])],
  };
}

/** Entries by the secret itself, for a second; only in memory, and never of a revoked key. */
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
