import { setTimeout as sleep } from 'node:timers/promises';
import { createMetronome, type Pacer } from '../generator/metronome.ts';
import { createUnderWayCounter, type UnderWayCounter } from '../generator/under-way.ts';
import { connectLinks, type Links } from '../link/links.ts';
import type { Measured, WireSample } from '../result/result.ts';
import { adminKey, portOf } from '../subject/clients.ts';
import { runAutocannonStep } from './autocannon-step.ts';
import {
  type CallContender,
  type CapturedWorkload,
  callerOf,
  createCallSources,
} from './call-sources.ts';
import { captureWorkload } from './capture.ts';
import { countWorkload } from './count-bytes.ts';
import type { Load } from './load.ts';
import type { CallPhase } from './phases.ts';
import { proveEqual } from './proof.ts';
import { createRecords, type PhaseRecord } from './records.ts';
import type { StepOrder, Trial, TrialSetup } from './scenario.ts';
import { runClosedStep, runOpenStep, timeoutMs, warmUp } from './steps.ts';
import type { Workload } from './workload.ts';

/** The answers of all workloads, by name, as every contender must give them. */
export type References = Readonly<Record<string, unknown>>;

export const comparableOf = (workload: Workload, answer: unknown): unknown =>
  workload.comparable ? workload.comparable(answer) : answer;

/** Does each workload once by the real client, proves its answer, and counts its bytes. */
async function proveWorkloads(
  setup: TrialSetup,
  contender: CallContender,
  workloads: readonly Workload[],
  links: Links,
) {
  const { wire, opening = {} } = contender;
  // The caller asked for the reference responses, so it knows their shape.
  const references = setup.reference as References;
  const { host, ca, key = adminKey } = setup.address;
  const to = { key, ...opening, host, ca };
  const client = await callerOf(contender)(portOf(setup.address, wire), to);
  const captured = new Map<string, CapturedWorkload>();
  const counts: WireSample[] = [];
  try {
    for (const workload of workloads) {
      const isLean = contender.driver === 'lean';
      const whole = isLean ? await captureWorkload(workload, setup, wire, opening) : undefined;
      const answer = whole ? whole.answer : await workload.perform(client, setup.fixtures, 'proof');
      proveEqual(comparableOf(workload, answer), references[workload.name]);
      captured.set(workload.name, { workload, ...(whole && { captured: whole }) });
      counts.push(await countWorkload(workload, setup, contender, links));
    }
  } finally {
    await client.close();
  }
  return { captured, counts };
}

/** One process of a contender whose calls are answered once. */
export async function openCallTrial(
  setup: TrialSetup,
  contender: CallContender,
  workloads: readonly Workload[],
  phases: readonly CallPhase[],
): Promise<Trial> {
  const links = await connectLinks(setup.link.controlPort);
  const [pacer, counter] = await Promise.all([createMetronome(), createUnderWayCounter()]);
  try {
    const { captured, counts } = await proveWorkloads(setup, contender, workloads, links);
    const sources = createCallSources(setup, contender, captured, links);
    const records = createRecords(setup, contender.driver);
    return {
      async step(order) {
        const phase = phases.find((one) => one.id === order.phase);
        if (!phase) throw new Error(`Expected a phase of the scenario, got '${order.phase}'.`);
        const { load } = phase;
        const isByAutocannon = load.kind === 'warm-up' && load.by === 'autocannon';
        if (load.kind === 'autocannon' || isByAutocannon) {
          const whole = captured.get(load.workload)?.captured;
          const step = whole && (await runAutocannonStep(setup, load, whole, order.ms));
          if (step && !isByAutocannon) records.of(phase).autocannon.push(step);
          return;
        }
        const { call } = await sources.of(load);
        if (load.kind !== 'warm-up') await touch(call, load, contender.driver);
        await runStep({ setup, pacer, counter, call, record: records.of(phase) }, load, order);
      },
      capacity: (workload) => records.capacity(workload),
      finish: async (machine): Promise<Measured> => ({
        ...records.measured(machine),
        wire: counts,
      }),
      async close() {
        await sources.close();
        await Promise.all([pacer.close(), counter.close(), links.close()]);
      },
    };
  } catch (thrown) {
    await Promise.all([pacer.close(), counter.close(), links.close()]);
    throw thrown;
  }
}

/**
 * Makes calls that are not counted until every connection has answered once: one that was idle
 * while others took their steps may have been closed (RFC 9112 §9.8), and opening it takes time.
 * A client opens its connections with as many calls as the load has in flight.
 */
function touch(
  call: () => Promise<unknown>,
  load: Load,
  driver: CallContender['driver'],
): Promise<unknown> {
  const inFlight = 'inFlight' in load ? load.inFlight : load.connections;
  const length = driver === 'lean' ? load.connections : inFlight;
  // A server that does not answer is found by the load, which has a time limit of its own.
  return Promise.race([Promise.allSettled(Array.from({ length }, call)), sleep(timeoutMs)]);
}

interface StepOptions {
  readonly setup: TrialSetup;
  readonly pacer: Pacer;
  readonly counter: UnderWayCounter;
  readonly call: () => Promise<unknown>;
  readonly record: PhaseRecord;
}

/** The rate that an order carries. @throws Error if it carries none */
function rateOf({ phase, perSecond }: StepOrder): number {
  if (perSecond !== undefined) return perSecond;
  throw new Error(`Expected a rate for ${phase}, got an order without one.`);
}

async function runStep(
  { setup, pacer, counter, call, record }: StepOptions,
  load: Exclude<Load, { kind: 'autocannon' }>,
  order: StepOrder,
): Promise<void> {
  const { address } = setup;
  const { at, ms } = order;
  const tools = { address, call, at, counter };
  // Every step has arrivals of its own, and all contenders of a round have the same.
  const seed = setup.seed + setup.round * 1000 + at;
  const openAt = (perSecond: number, arrivals: 'poisson' | 'uniform') =>
    runOpenStep(tools, pacer, { perSecond, durationMs: ms, arrivals, seed });
  switch (load.kind) {
    case 'warm-up':
      record.warmUpMs += await warmUp(address, call, load.inFlight, ms);
      return;
    case 'closed':
      record.closed.delete(at);
      record.closed.set(
        at,
        await runClosedStep(tools, { inFlight: load.inFlight, durationMs: ms }),
      );
      return;
    case 'open':
      record.perSecond = load.perSecond ?? rateOf(order);
      record.open.delete(at);
      record.open.set(at, await openAt(record.perSecond, load.arrivals));
      return;
    case 'share':
      record.perSecond ||= load.share * record.capacity();
      record.open.delete(at);
      record.open.set(at, await openAt(record.perSecond, 'poisson'));
      return;
    case 'search':
      record.search.add(await openAt(record.search.next(), 'poisson'));
  }
}
