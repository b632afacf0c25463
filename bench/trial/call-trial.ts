import { createMetronome, type Pacer } from '../generator/metronome.ts';
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
import type { Trial, TrialSetup } from './scenario.ts';
import { runClosedStep, runOpenStep, warmUp } from './steps.ts';
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
  const pacer = await createMetronome();
  try {
    const { captured, counts } = await proveWorkloads(setup, contender, workloads, links);
    const sources = createCallSources(setup, contender, captured, links);
    const records = createRecords(setup, contender.driver);
    return {
      async step(id, ms) {
        const phase = phases.find((one) => one.id === id);
        if (!phase) throw new Error(`Expected a phase of the scenario, got '${id}'.`);
        const { load } = phase;
        const isByAutocannon = load.kind === 'warm-up' && load.by === 'autocannon';
        if (load.kind === 'autocannon' || isByAutocannon) {
          const whole = captured.get(load.workload)?.captured;
          const step = whole && (await runAutocannonStep(setup, load, whole, ms));
          if (step && !isByAutocannon) records.of(phase).autocannon.push(step);
          return;
        }
        const { call } = await sources.of(load);
        // A server may close a connection that is idle while others take steps (RFC 9112 §9.8).
        if (contender.driver === 'lean' && load.rttMs === 0) await touch(call, load);
        await runStep({ setup, pacer, call, ms, record: records.of(phase) }, load);
      },
      finish: async (): Promise<Measured> => ({ ...records.measured(), wire: counts }),
      async close() {
        await sources.close();
        await Promise.all([pacer.close(), links.close()]);
      },
    };
  } catch (thrown) {
    await Promise.all([pacer.close(), links.close()]);
    throw thrown;
  }
}

/** Makes one call a connection, not measured, so that lost connections are opened again. */
const touch = (call: () => Promise<unknown>, { connections }: Load) =>
  Promise.allSettled(Array.from({ length: connections }, call));

interface StepOptions {
  readonly setup: TrialSetup;
  readonly pacer: Pacer;
  readonly call: () => Promise<unknown>;
  readonly ms: number;
  readonly record: PhaseRecord;
}

async function runStep(
  { setup, pacer, call, ms, record }: StepOptions,
  load: Exclude<Load, { kind: 'autocannon' }>,
): Promise<void> {
  const { address } = setup;
  // Every step has arrivals of its own, and all contenders of a round have the same.
  const step = load.kind === 'search' ? record.search.tried : record.open.length;
  const seed = setup.seed + setup.round * 1000 + step;
  const openAt = (perSecond: number, arrivals: 'poisson' | 'uniform') =>
    runOpenStep(address, call, pacer, { perSecond, durationMs: ms, arrivals, seed });
  switch (load.kind) {
    case 'warm-up':
      record.warmUpMs += await warmUp(address, call, load.inFlight, ms);
      return;
    case 'closed':
      record.closed.push(
        await runClosedStep(address, call, { inFlight: load.inFlight, durationMs: ms }),
      );
      return;
    case 'open':
      record.open.push(await openAt(load.perSecond, load.arrivals));
      return;
    case 'share':
      record.perSecond ||= load.share * record.capacity();
      record.open.push(await openAt(record.perSecond, 'poisson'));
      return;
    case 'search':
      record.search.add(await openAt(record.search.next(), 'poisson'));
  }
}
