import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Client } from '../../services/core/client.ts';
import { openDriver } from '../drivers/open-driver.ts';
import type { Link, Links } from '../link/links.ts';
import type { CallWire } from '../result/wires.ts';
import { adminKey, type Opening, openClient, portOf } from '../subject/clients.ts';
import { type Captured, checkOf } from './capture.ts';
import { timeoutMs } from './measure.ts';
import type { Phase } from './phase.ts';
import { type Contender, check, type Lab } from './scenario.ts';
import { marker, type Workload } from './workload.ts';

/** A contender of a scenario of calls that are answered once. */
export interface CallContender extends Contender {
  readonly wire: CallWire;
  /** `lean` sends bytes encoded beforehand; `client`, for many calls in one, is the room's own. */
  readonly driver: 'lean' | 'client';
  /** Its own way to do the workloads of the scenario, by the same names. */
  readonly workloads?: readonly Workload[];
  readonly opening?: Opening;
}

/** Something that can be called again and again, over connections of its own. */
export interface Caller {
  call(): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens what a phase calls, once for each workload, number of connections and round-trip time. */
export interface Callers {
  of(phase: Phase): Promise<Caller>;
  close(): Promise<void>;
}

export interface CapturedWorkload {
  readonly workload: Workload;
  /** Absent where the room's own client is what calls. */
  readonly captured?: Captured;
}

export function createCallers(
  lab: Lab,
  contender: CallContender,
  workloads: ReadonlyMap<string, CapturedWorkload>,
  links: Links,
): Callers {
  const opened = new Map<string, Promise<Caller>>();
  const { address } = lab;

  async function open({ workload: name, connections, rttMs }: Phase): Promise<Caller> {
    const found = workloads.get(name);
    if (!found) throw new Error(`Expected a workload of the scenario, got '${name}'.`);
    const targetPort = portOf(address, contender.wire);
    const { bytesPerSecond } = lab.loading;
    const limited = { rttMs, ...(bytesPerSecond !== undefined && { bytesPerSecond }) };
    const link: Link | undefined =
      rttMs === 0 && bytesPerSecond === undefined
        ? undefined
        : await links.open({ host: address.host, targetPort, ...limited });
    const endpoint = link
      ? { host: '127.0.0.1', port: link.port }
      : { host: address.host, port: targetPort };
    const caller = found.captured
      ? await openLean(found.workload, found.captured, { ...endpoint, ca: address.ca, connections })
      : await openWhole(found.workload, lab, contender, { ...endpoint, connections });
    return {
      call: caller.call,
      async close() {
        await caller.close();
        await link?.close();
      },
    };
  }

  return {
    of(phase) {
      const key = `${phase.workload} ${phase.connections} ${phase.rttMs}`;
      const known = opened.get(key) ?? open(phase);
      opened.set(key, known);
      return known;
    },
    async close() {
      for (const opening of await Promise.allSettled(opened.values())) {
        if (opening.status === 'fulfilled') await opening.value.close();
      }
    },
  };
}

interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
}

const openLean = (
  workload: Workload,
  captured: Captured,
  endpoint: Endpoint & { readonly ca?: string | undefined },
): Promise<Caller> =>
  openDriver(captured.prepared, {
    ...endpoint,
    marker: workload.fragments ? marker : undefined,
    check: checkOf(workload, captured),
    timeoutMs,
  });

/** By the room's own client; every answer has to be the first one once more. */
async function openWhole(
  workload: Workload,
  { address, fixtures }: Lab,
  { wire, opening }: CallContender,
  { host, port, connections }: Endpoint,
): Promise<Caller> {
  const { ca, key = adminKey } = address;
  const to = { key, ...opening, host, ca, connections };
  const client: Client = await openClient(wire, port, to);
  const perform = async () => {
    const answer = await workload.perform(client, fixtures, randomUUID());
    return workload.comparable ? workload.comparable(answer) : answer;
  };
  const expected = await perform();
  return {
    async call() {
      check(
        isDeepStrictEqual(await perform(), expected),
        `the answer to ${workload.name} once more`,
      );
    },
    close: () => client.close(),
  };
}
