import { PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Core, Session } from '../core/invoke.ts';
import type { Received } from './frames.ts';
import type { Limits } from './limits.ts';

/** The parameters of a connection's upgrade request. */
export interface UpgradeRequest {
  readonly requestId: string;
  readonly traceparent: string | undefined;
  /** IP address of the client. */
  readonly address: string | undefined;
  /** The `Authorization` header's token; undefined if there is no such header. */
  readonly hello: { readonly key: string | undefined } | undefined;
}

/** A connection before its `welcome`. */
export interface Hello {
  /** Takes a frame: a hello, or one that arrives while its key is looked up. */
  take(received: Received, receivedMs: number): void;
  /** Gives up; the connection is over. */
  end(): void;
}

export interface Host {
  readonly core: Core;
  readonly limits: Limits;
  /** Ends the connection. */
  fail(error: PaymentsError): void;
  /** Whether the connection is already ending. */
  isOver(): boolean;
  /** Called when the peer has presented a valid key. */
  welcome(session: Session): void;
  /** Receives the frames that came too early, in order. */
  take(received: Received, receivedMs: number): void;
}

export function createHello(upgrade: UpgradeRequest, host: Host): Hello {
  const { core, limits, fail } = host;
  const early: { readonly received: Received; readonly receivedMs: number }[] = [];
  let authenticating = false;
  const timer = setTimeout(() => {
    fail(new PaymentsError('timeout', `Expected a hello within ${limits.helloMs} ms, got none.`));
  }, limits.helloMs).unref();

  /** Never rejects. */
  async function begin(key: string | undefined): Promise<void> {
    clearTimeout(timer);
    authenticating = true;
    try {
      const session = await core.authenticate({ ...upgrade, credential: key });
      if (host.isOver()) return;
      host.welcome(session);
      for (const { received, receivedMs } of early.splice(0)) host.take(received, receivedMs);
    } catch (thrown) {
      fail(toPaymentsError(thrown));
    }
  }

  if (upgrade.hello) void begin(upgrade.hello.key);

  return {
    take(received, receivedMs) {
      if (authenticating) {
        if (early.push({ received, receivedMs }) <= limits.earlyFrames) return;
        const message = `Expected at most ${limits.earlyFrames} frames before welcome, got more.`;
        fail(new PaymentsError('rate_limited', message));
      } else if ('bad' in received) {
        fail(new PaymentsError('validation_failed', received.bad));
      } else if ('frame' in received && received.frame.type === 'hello') {
        void begin(received.frame.key);
      } else {
        fail(new PaymentsError('unauthenticated', 'Expected a hello first, got a command.'));
      }
    },
    end: () => clearTimeout(timer),
  };
}
