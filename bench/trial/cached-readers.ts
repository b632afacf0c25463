import type { Client } from '../../services/core/client.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import type { CallWire } from '../result/wires.ts';
import type { SubjectClients } from '../subject/clients.ts';
import { readOne } from '../subject/payments.ts';

/** Ways to read a payment again if the client has kept a copy. */

export interface Kept {
  readonly etag: string;
  readonly payment: Payment;
}

/** A read that may use the kept copy. */
interface CachedRead {
  readonly kept: Kept;
  /** A request was sent. */
  readonly asked: boolean;
  /** No payment came over the wire. */
  readonly saved: boolean;
}

export interface Reader {
  read(kept: Kept | undefined): Promise<CachedRead>;
  close(): Promise<void>;
}

/** @param open opens the client of a wire */
export type OpenReader = (
  open: <Wire extends CallWire>(wire: Wire) => Promise<SubjectClients[Wire]>,
  id: string,
) => Promise<Reader>;

/** Keeps no copy. */
export const plain =
  (wire: CallWire): OpenReader =>
  async (open, id) => {
    const client: Client = await open(wire);
    return {
      async read() {
        const payment = await readOne(client, id);
        return { kept: { etag: '', payment }, asked: true, saved: false };
      },
      close: () => client.close(),
    };
  };

type Conditional = { readonly etag: string; readonly payment: Payment | undefined } | undefined;

/** Sends the etag of the copy, and gets the payment only if it has changed. */
const byEtag =
  <Wire extends CallWire>(
    wire: Wire,
    ask: (
      client: SubjectClients[Wire],
      id: string,
      etag: string | undefined,
    ) => Promise<Conditional>,
  ): OpenReader =>
  async (open, id) => {
    const client = await open(wire);
    return {
      async read(kept) {
        const answer = await ask(client, id, kept?.etag);
        if (answer?.payment) {
          const { etag, payment } = answer;
          return { kept: { etag, payment }, asked: true, saved: false };
        }
        if (!kept) throw new Error('Expected a payment, since no copy is kept; got "not changed".');
        return { kept, asked: true, saved: true };
      },
      close: () => client.close(),
    };
  };

export const restByEtag = byEtag('rest', (client, id, etag) =>
  client.getPaymentConditionally(id, etag),
);
export const graphqlPersisted = byEtag('graphql', (client, id, etag) =>
  client.getPaymentPersisted(id, etag),
);
export const grpcByEtag = byEtag('grpc', (client, id, etag) =>
  client.getPaymentConditionally(id, etag),
);

export const unaskedMs = 100;

/** Sends no request for a while. Only this reader can return a stale copy. */
export const restUnasked: OpenReader = async (open, id) => {
  const reader = await restByEtag(open, id);
  let askedMs = Number.NEGATIVE_INFINITY;
  return {
    async read(kept) {
      // Lets the event loop turn: a loop of reads from memory would never end its phase.
      await new Promise((resolve) => setImmediate(resolve));
      const nowMs = performance.now();
      if (kept && nowMs - askedMs < unaskedMs) return { kept, asked: false, saved: true };
      askedMs = nowMs;
      return reader.read(kept);
    },
    close: () => reader.close(),
  };
};
