import { PaymentsError } from './errors.ts';

/** Maximum open streams of one key, on all wires together. */
export const maxStreamsOfKey = 1000;
const retryAfterMs = 1000;

/** Counts the open streams of each key, so that one key cannot take every descriptor. */
export function countStreams() {
  const open = new Map<string, number>();
  return {
    /**
     * @returns a function that gives the place back; aborting `signal` does so too
     * @throws PaymentsError `rate_limited` if the key has the maximum open already
     */
    take(keyId: string, signal: AbortSignal): () => void {
      const count = open.get(keyId) ?? 0;
      if (count >= maxStreamsOfKey) {
        throw new PaymentsError(
          'rate_limited',
          `Expected at most ${maxStreamsOfKey} open streams of one key, got one more.`,
          { retryAfterMs, metadata: { limit: String(maxStreamsOfKey) } },
        );
      }
      open.set(keyId, count + 1);
      let held = true;
      const release = () => {
        if (!held) return;
        held = false;
        signal.removeEventListener('abort', release);
        const left = (open.get(keyId) ?? 1) - 1;
        if (left === 0) open.delete(keyId);
        else open.set(keyId, left);
      };
      signal.addEventListener('abort', release, { once: true });
      if (signal.aborted) release();
      return release;
    },
  };
}
