import { setTimeout as sleep } from 'node:timers/promises';
import { type Awaitable, andThen } from './awaitable.ts';
import type { Caller, Composite, Session } from './caller.ts';
import { PaymentsError } from './errors.ts';
import type { RateState } from './limiter.ts';
import type { Scope } from './merchants/merchant.ts';
import type { Ports } from './ports.ts';

/**
 * The tokens of the most expensive operation. A smaller bucket allows it when it is full; a
 * composite request that takes more than both is refused.
 */
export const tokensOfOneOperation = 5;
const longestPauseMs = 1000;

/** Decides who may call, and how often. */
export interface Admission {
  /** @throws PaymentsError `unauthenticated`, or `rate_limited` after too many failures */
  sessionOf(caller: Caller, nowMs: number): Awaitable<Session>;
  /** @throws PaymentsError `permission_denied` */
  authorise(session: Session, scope: Scope): void;
  /** Takes tokens from key and merchant. @throws PaymentsError `rate_limited` */
  take(session: Session, tokens: number, caller: Caller): Awaitable<void>;
  /** Takes tokens for what a response cost beyond the tokens of its operation. */
  debit(session: Session, tokens: number, caller: Caller): Promise<void>;
  /** Takes tokens for a failure from the address. @throws PaymentsError `rate_limited` */
  takeForFailure(caller: Caller): Promise<void>;
  /**
   * Admits a composite request. @throws PaymentsError `query_too_costly` if a full bucket holds
   * fewer tokens
   */
  admit(session: Session, composite: Composite, caller: Caller): Promise<Session>;
  /** Takes tokens as soon as there are enough; resolves early if `signal` aborts. */
  pace(session: Session, tokens: number, signal: AbortSignal): Promise<void>;
}

export const revokedError = (): PaymentsError =>
  new PaymentsError('unauthenticated', 'The API key was revoked.');

export function createAdmission({
  authenticator,
  limiter,
  failures,
}: Pick<Ports, 'authenticator' | 'limiter' | 'failures'>): Admission {
  function sessionOf(caller: Caller, nowMs: number): Awaitable<Session> {
    const { session } = caller;
    if (session) {
      if (session.revocation.happened) throw revokedError();
      return session;
    }
    const found = authenticator.authenticate(caller, nowMs);
    if (!(found instanceof Promise)) return found;
    return found.catch(async (error: unknown) => {
      if (error instanceof PaymentsError) await takeForFailure(caller);
      throw error;
    });
  }

  async function takeForFailure({ address, receipt }: Caller): Promise<void> {
    if (!failures || address === undefined) return;
    const { limiter: ofAddresses, allowance } = failures;
    const rate = await ofAddresses.take([{ id: address, ...allowance }], 1);
    if (rate.allowed) return;
    if (receipt) receipt.rate = rate;
    throw rateLimited(rate, `failures a second from one address`);
  }

  function authorise({ principal: { scopes } }: Session, scope: Scope): void {
    if (scopes.includes(scope)) return;
    throw new PaymentsError(
      'permission_denied',
      `Expected a key with the scope ${scope}, got one with ${scopes.join(', ')}.`,
      { metadata: { scope, scopes: scopes.join(', ') } },
    );
  }

  function take(session: Session, tokens: number, { receipt }: Caller): Awaitable<void> {
    if (session.prepaid) return;
    // Otherwise an operation that takes more tokens than a bucket holds could never run.
    const most = Math.min(tokens, session.principal.burst);
    return andThen(limiter.take(session.buckets, most), (rate) => {
      if (receipt) receipt.rate = rate;
      if (!rate.allowed) throw rateLimited(rate, 'requests a second');
    });
  }

  return {
    sessionOf,
    authorise,
    take,
    takeForFailure,

    async debit({ prepaid, bySize, buckets }, tokens, { receipt }) {
      if ((prepaid && !bySize) || tokens === 0) return;
      const rate = await limiter.debit(buckets, tokens);
      if (receipt) receipt.rate = rate;
    },

    async admit(session, { tokens, bySize, scopes = [] }, caller) {
      for (const scope of scopes) authorise(session, scope);
      const { burst } = session.principal;
      if (tokens > Math.max(burst, tokensOfOneOperation)) {
        throw new PaymentsError(
          'query_too_costly',
          `Expected a request of at most ${burst} rate-limit tokens, got one of ${tokens}.`,
          { metadata: { cost: String(tokens), limit: String(burst) } },
        );
      }
      await take(session, tokens, caller);
      return { ...session, prepaid: true, bySize };
    },

    async pace(session, tokens, signal) {
      for (let attempt = 0; !signal.aborted; attempt += 1) {
        const rate = await limiter.take(session.buckets, Math.min(tokens, session.principal.burst));
        if (rate.allowed) return;
        // Others take from the same bucket, so each further wait is longer.
        const pauseMs = Math.min(longestPauseMs, rate.retryAfterMs * 2 ** attempt);
        await sleep(pauseMs, undefined, { signal }).catch(() => {});
      }
    },
  };
}

const rateLimited = (rate: RateState, what: string): PaymentsError =>
  new PaymentsError(
    'rate_limited',
    `Expected at most ${rate.ratePerSecond} ${what}; try again in ${rate.retryAfterMs} ms.`,
    {
      retryAfterMs: rate.retryAfterMs,
      metadata: {
        limit: String(rate.limit),
        ratePerSecond: String(rate.ratePerSecond),
        retryAfterMs: String(rate.retryAfterMs),
      },
    },
  );
