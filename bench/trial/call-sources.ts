import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Client } from '../../services/core/client.ts';
import { openDriver } from '../drivers/open-driver.ts';
import type { Link, Links } from '../link/links.ts';
import type { CallWire } from '../result/wires.ts';
import { adminKey, type ClientOpening, openClient, portOf } from '../subject/clients.ts';
import { type CapturedCall, checkOf } from './capture.ts';
import type { Load } from './load.ts';
import { type Contender, check, type TrialSetup } from './scenario.ts';
import { timeoutMs } from './steps.ts';
import { marker, type Workload } from './workload.ts';

/** A contender of a scenario of calls that are answered once. */
export interface CallContender extends Contender {
  readonly wire: CallWire;
  /** `lean` sends bytes encoded beforehand; `client`, for many calls in one, is the room's own. */
  readonly driver: 'lean' | 'client';
  /** Its own way to do the workloads of the scenario, by the same names. */
  readonly workloads?: readonly Workload[];
  readonly opening?: ClientOpening;
  /** Another client than the room's own. */
  readonly openCaller?: OpenCaller;
}

type OpenCaller = (port: number, opening: ClientOpening) => Promise<Client>;

export const callerOf = ({
  wire,
  openCaller,
}: Pick<CallContender, 'wire' | 'openCaller'>): OpenCaller =>
  openCaller ?? ((port, opening) => openClient(wire, port, opening));

/** Something that can be called again and again, over connections of its own. */
interface CallSource {
  call(): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens what a phase calls, once for each workload, number of connections and round-trip time. */
interface CallSources {
  of(load: Load): Promise<CallSource>;
  close(): Promise<void>;
}

export interface CapturedWorkload {
  readonly workload: Workload;
  /** Undefined if the room's own client calls. */
  readonly captured?: CapturedCall;
}

export function createCallSources(
  setup: TrialSetup,
  contender: CallContender,
  workloads: ReadonlyMap<string, CapturedWorkload>,
  links: Links,
): CallSources {
  const opened = new Map<string, Promise<CallSource>>();
  const { address } = setup;

  async function open({ workload: name, connections, rttMs }: Load): Promise<CallSource> {
    const found = workloads.get(name);
    if (!found) throw new Error(`Expected a workload of the scenario, got '${name}'.`);
    const targetPort = portOf(address, contender.wire);
    const { bytesPerSecond } = setup.loading;
    const limited = { rttMs, ...(bytesPerSecond !== undefined && { bytesPerSecond }) };
    const link: Link | undefined =
      rttMs === 0 && bytesPerSecond === undefined
        ? undefined
        : await links.open({ host: address.host, targetPort, ...limited });
    const endpoint = link
      ? { host: '127.0.0.1', port: link.port }
      : { host: address.host, port: targetPort };
    const source = found.captured
      ? await openLean(found.workload, found.captured, { ...endpoint, ca: address.ca, connections })
      : await openWhole(found.workload, setup, contender, { ...endpoint, connections });
    return {
      call: source.call,
      async close() {
        await source.close();
        await link?.close();
      },
    };
  }

  return {
    of(load) {
      const key = `${load.workload} ${load.connections} ${load.rttMs}`;
      const known = opened.get(key) ?? open(load);
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

interface LoadEndpoint {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
}

async function openLean(
  workload: Workload,
  captured: CapturedCall,
  endpoint: LoadEndpoint & { readonly ca?: string | undefined },
): Promise<CallSource> {
  const { call, close } = await openDriver(captured.prepared, {
    ...endpoint,
    marker: workload.fragments ? marker : undefined,
    check: checkOf(workload, captured),
    timeoutMs,
  });
  const { atOnce = 1 } = workload;
  if (atOnce === 1) return { call, close };
  return { call: () => Promise.all(Array.from({ length: atOnce }, call)), close };
}

/** By the room's own client; every answer has to be the first one once more. */
async function openWhole(
  workload: Workload,
  { address, fixtures }: TrialSetup,
  contender: CallContender,
  { host, port, connections }: LoadEndpoint,
): Promise<CallSource> {
  const { ca, key = adminKey } = address;
  const to = { key, ...contender.opening, host, ca, connections };
  const client = await callerOf(contender)(port, to);
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
