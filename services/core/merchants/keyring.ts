import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PaymentsError } from '../errors.ts';
import { onceAtATime } from '../once-at-a-time.ts';
import type { Bucket, Store } from '../ports.ts';
import { merchantAllowance, type StoredApiKey } from './merchant.ts';

/** How long a key is trusted where the store reports no commit of another process. */
const trustedMs = 10_000;
const rememberedKeys = 10_000;
/** However often other processes commit, the keys held are looked up this often at most. */
const lookUpEveryMs = 500;
/** Keys of one query: nobody waits long for it. */
const lookedUpAtOnce = 500;

/** A key that was presented and found good. */
export interface KnownKey {
  readonly key: StoredApiKey;
  /** Aborts when the key is revoked. */
  readonly revoked: AbortSignal;
  /** What its calls take tokens from: the key's own bucket, and the one of all of a merchant's. */
  readonly buckets: readonly [Bucket, Bucket];
}

/** Finds keys by their secret, and remembers those that it found. */
export interface Keyring {
  /** @throws PaymentsError `unauthenticated` */
  find(secret: string | undefined, nowMs: number): Promise<KnownKey>;
  /** Forgets a revoked key and aborts its signal. */
  revoke(hash: string): void;
}

/** SHA-256 of a secret, as the store keeps it. */
export const hashSecret = (secret: string): string => hash('sha256', secret);

const unauthenticated = (message: string): PaymentsError =>
  new PaymentsError('unauthenticated', message);

const bucketsOf = (key: StoredApiKey): readonly [Bucket, Bucket] => [
  key,
  { id: key.merchantId, ...merchantAllowance },
];

/**
 * A keyring over the store. Unknown secrets are not remembered: they cannot fill the memory. After
 * each commit of another process every key that somebody holds is looked up again, so that a
 * revocation there ends the streams that are open here within a second.
 */
export function createKeyring(
  store: Pick<Store, 'keysInForce' | 'onForeignCommit'> & {
    readonly read: Pick<Store['read'], 'apiKeyByHash'>;
  },
): Keyring {
  const known = new Map<string, KnownKey & { readonly trustedUntil: number }>();
  const ends = createEnds();

  const forget = (hashed: string) => {
    known.delete(hashed);
    ends.abort(hashed);
  };

  async function forgetRevoked(): Promise<void> {
    const held = ends.held();
    for (let at = 0; at < held.length; at += lookedUpAtOnce) {
      const asked = held.slice(at, at + lookedUpAtOnce);
      const inForce = new Set(await store.keysInForce(asked));
      for (const hashed of asked) if (!inForce.has(hashed)) forget(hashed);
      await nextTurn();
    }
  }
  store.onForeignCommit(onceAtATime(forgetRevoked, lookUpEveryMs));

  return {
    async find(secret, nowMs) {
      if (secret === undefined || secret === '') {
        throw unauthenticated('Expected an API key as a bearer token, got none.');
      }
      const hashed = hashSecret(secret);
      const found = known.get(hashed);
      if (found && nowMs < found.trustedUntil) return found;
      const key = await store.read.apiKeyByHash(hashed);
      if (!key) throw unauthenticated('Expected a valid API key, got one that is not known.');
      if (key.revokedAt !== null) {
        forget(hashed);
        throw unauthenticated('Expected a valid API key, got one that was revoked.');
      }
      const entry = {
        key,
        revoked: ends.signalOf(hashed),
        buckets: bucketsOf(key),
        trustedUntil: nowMs + trustedMs,
      };
      if (known.size >= rememberedKeys) known.clear();
      known.set(hashed, entry);
      return entry;
    },
    revoke: forget,
  };
}

/**
 * A signal for each key that lives for as long as somebody holds it: a stream is ended with its
 * key also when the keyring has had so many others since that it forgot this one.
 */
function createEnds() {
  const signals = new Map<string, WeakRef<AbortSignal>>();
  const controllers = new WeakMap<AbortSignal, AbortController>();
  const released = new FinalizationRegistry<string>((hashed) => {
    if (!signals.get(hashed)?.deref()) signals.delete(hashed);
  });
  return {
    signalOf(hashed: string): AbortSignal {
      const held = signals.get(hashed)?.deref();
      if (held) return held;
      const end = new AbortController();
      signals.set(hashed, new WeakRef(end.signal));
      controllers.set(end.signal, end);
      released.register(end.signal, hashed);
      return end.signal;
    },
    /** The keys that somebody holds. */
    held: (): readonly string[] =>
      [...signals].filter(([, signal]) => signal.deref()).map(([hashed]) => hashed),
    abort(hashed: string): void {
      const held = signals.get(hashed)?.deref();
      signals.delete(hashed);
      if (held) controllers.get(held)?.abort();
    },
  };
}
