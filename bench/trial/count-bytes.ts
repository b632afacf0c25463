import { randomUUID } from 'node:crypto';
import type { Client } from '../../services/core/client.ts';
import { countedBetween } from '../link/link-count.ts';
import type { Links } from '../link/links.ts';
import type { WireSample } from '../result/result.ts';
import type { WireName } from '../result/wires.ts';
import { adminKey, counted, portOf } from '../subject/clients.ts';
import { metered } from '../subject/meter.ts';
import { type CallContender, callerOf } from './call-sources.ts';
import type { TrialSetup } from './scenario.ts';
import type { Workload } from './workload.ts';

/** A client of its own for the counting. */
export interface Counted {
  call(): Promise<unknown>;
  /** Requests made of the wire so far. */
  requests(): number;
  close(): Promise<void>;
}

/**
 * Bytes, requests and database statements of one call, by calls one after the other over the
 * counting link. Nothing here is timed.
 *
 * @param open gets the port of the link, on this machine
 */
export async function countBytes(
  { address }: TrialSetup,
  { name, wire, calls }: { readonly name: string; readonly wire: WireName; readonly calls: number },
  links: Links,
  open: (port: number) => Promise<Counted>,
): Promise<WireSample> {
  const targetPort = portOf(address, wire);
  const link = await links.open({ host: address.host, targetPort, rttMs: 0 });
  const client = await open(link.port);
  try {
    await client.call();
    const first = await link.count();
    const requestsBefore = client.requests();
    const { spent } = await metered(address, async () => {
      for (let call = 0; call < calls; call += 1) await client.call();
    });
    const steady = countedBetween(first, await link.count());
    return {
      workload: name,
      calls,
      sentBytesPerCall: steady.sentBytes / calls,
      receivedBytesPerCall: steady.receivedBytes / calls,
      firstSentBytes: first.sentBytes,
      firstReceivedBytes: first.receivedBytes,
      requestsPerCall: (client.requests() - requestsBefore) / calls,
      queriesPerCall: spent.queries === null ? null : spent.queries / calls,
    };
  } finally {
    await client.close();
    await link.close();
  }
}

/** The same of a workload, by the room's own client. */
export const countWorkload = (
  workload: Workload,
  setup: TrialSetup,
  contender: Pick<CallContender, 'wire' | 'opening' | 'openCaller'>,
  links: Links,
): Promise<WireSample> =>
  countBytes(
    setup,
    { name: workload.name, wire: contender.wire, calls: workload.wireCalls },
    links,
    async (port) => {
      const { ca, key = adminKey } = setup.address;
      const { client, requests } = counted<Client>(
        await callerOf(contender)(port, { key, ...contender.opening, ca }),
      );
      return {
        call: () => workload.perform(client, setup.fixtures, randomUUID()),
        requests,
        close: () => client.close(),
      };
    },
  );
