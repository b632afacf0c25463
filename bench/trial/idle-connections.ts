import { readdirSync } from 'node:fs';
import type { IdleSample } from '../result/result.ts';
import type { WireName } from '../result/wires.ts';
import type { Address } from '../subject/address.ts';
import { connectClient } from '../subject/clients.ts';
import { memoryOf } from '../subject/meter.ts';
import { readOne } from '../subject/payments.ts';
import { check, type Effort, type TrialSetup } from './scenario.ts';
import { watch } from './watcher.ts';

/**
 * Connections that are open at the first and the last reading of memory. The memory of the first
 * ones is not counted, because it is code and buffers that all connections share.
 */
const open = {
  quick: { first: 20, last: 40 },
  normal: { first: 300, last: 1000 },
  full: { first: 1000, last: 8000 },
} as const satisfies Record<Effort, object>;
const openedAtOnce = 20;
/** Time in which the garbage of opening connections is collected. */
const settlingMs = 400;

/** A client with a connection of its own, on which nothing happens. */
async function hold(address: Address, wire: WireName, paymentId: string) {
  if (wire !== 'rest' && wire !== 'rest-http2') return watch(await connectClient(address, wire));
  const client = await connectClient(address, wire);
  await readOne(client, paymentId);
  return client;
}

const filesOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Reads how much the server's resident memory grows by connections without traffic. */
export async function measureIdle(
  { address, fixtures, loading }: TrialSetup,
  wire: WireName,
): Promise<IdleSample> {
  const { pid } = address;
  if (pid === null || !memoryOf(pid)) return { connections: 0, firstBytes: null, lastBytes: null };
  const { first, last } = open[loading.effort];
  const held: { close(): Promise<void> }[] = [];
  const filesBefore = filesOf(pid);
  const openUpTo = async (count: number) => {
    while (held.length < count) {
      const some = Array.from({ length: Math.min(openedAtOnce, count - held.length) }, () =>
        hold(address, wire, fixtures.paymentId),
      );
      held.push(...(await Promise.all(some)));
    }
    await new Promise((wake) => setTimeout(wake, settlingMs));
    const opened = filesOf(pid) - filesBefore;
    check(opened >= count, `${count} connections that are open at once, got ${opened}`);
    return memoryOf(pid)?.residentBytes ?? null;
  };
  try {
    const firstBytes = await openUpTo(first);
    const lastBytes = await openUpTo(last);
    return { connections: last - first, firstBytes, lastBytes };
  } finally {
    await Promise.all(held.map((one) => one.close()));
  }
}
