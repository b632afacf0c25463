import type { Client } from '../../services/core/client.ts';
import { createMetronome, type Pacer } from '../generator/metronome.ts';
import { connectLinks, type Links } from '../link/links.ts';
import type { Measured, WireSample } from '../result/result.ts';
import { connectClient } from '../subject/clients.ts';
import { takeAutocannon } from './by-autocannon.ts';
import { type CallContender, type CapturedWorkload, createCallers } from './callers.ts';
import { captureWorkload } from './capture.ts';
import { countWorkload } from './count-bytes.ts';
import { takeClosed, takeOpen, warmUp } from './measure.ts';
import type { Phase } from './phase.ts';
import { proveEqual } from './proof.ts';
import { createRecords, type PhaseRecord } from './records.ts';
import type { Lab, Session } from './scenario.ts';
import type { Workload } from './workload.ts';

/** The answers of all workloads, by name, as every contender must give them. */
export type References = Readonly<Record<string, unknown>>;

export const comparableOf = (workload: Workload, answer: unknown): unknown =>
  workload.comparable ? workload.comparable(answer) : answer;

/** Does each workload once by the real client, proves its answer, and counts its bytes. */
async function proveWorkloads(
  lab: Lab,
  contender: CallContender,
  workloads: readonly Workload[],
  links: Links,
) {
  const { wire, opening = {} } = contender;
  // Whoever asked for the reference answers knows their shape.
  const references = lab.reference as References;
  const client: Client = await connectClient(lab.address, wire, opening);
  const captured = new Map<string, CapturedWorkload>();
  const counts: WireSample[] = [];
  try {
    for (const workload of workloads) {
      const isLean = contender.driver === 'lean';
      const whole = isLean ? await captureWorkload(workload, lab, wire, opening) : undefined;
      const answer = whole ? whole.answer : await workload.perform(client, lab.fixtures, 'proof');
      proveEqual(comparableOf(workload, answer), references[workload.name]);
      captured.set(workload.name, { workload, ...(whole && { captured: whole }) });
      counts.push(await countWorkload(workload, lab, contender, links));
    }
  } finally {
    await client.close();
  }
  return { captured, counts };
}

/** One process of a contender whose calls are answered once. */
export async function openCallSession(
  lab: Lab,
  contender: CallContender,
  workloads: readonly Workload[],
  phases: ReadonlyMap<string, Phase>,
): Promise<Session> {
  const links = await connectLinks(lab.link.controlPort);
  const pacer = await createMetronome();
  try {
    const { captured, counts } = await proveWorkloads(lab, contender, workloads, links);
    const callers = createCallers(lab, contender, captured, links);
    const records = createRecords(lab, contender.driver);
    return {
      async take({ name, ms }) {
        const phase = phases.get(name);
        if (!phase) throw new Error(`Expected a slice of the scenario, got '${name}'.`);
        const isByAutocannon = phase.kind === 'warm-up' && phase.by === 'autocannon';
        if (phase.kind === 'autocannon' || isByAutocannon) {
          const whole = captured.get(phase.workload)?.captured;
          const taken = whole && (await takeAutocannon(lab, phase, whole, ms));
          if (taken && !isByAutocannon) records.of(phase).autocannon.push(taken);
          return;
        }
        const { call } = await callers.of(phase);
        // A server may have closed what was idle while others had their turn (RFC 9112 §9.8).
        if (contender.driver === 'lean' && phase.rttMs === 0) await touch(call, phase);
        await takeSlice({ lab, pacer, call, ms, record: records.of(phase) }, phase);
      },
      finish: async (): Promise<Measured> => ({ ...records.measured(), wire: counts }),
      async close() {
        await callers.close();
        await Promise.all([pacer.close(), links.close()]);
      },
    };
  } catch (thrown) {
    await Promise.all([pacer.close(), links.close()]);
    throw thrown;
  }
}

/** One call a connection, not measured: one that is lost is opened again by the next. */
const touch = (call: () => Promise<unknown>, { connections }: Phase) =>
  Promise.allSettled(Array.from({ length: connections }, call));

interface Taking {
  readonly lab: Lab;
  readonly pacer: Pacer;
  readonly call: () => Promise<unknown>;
  readonly ms: number;
  readonly record: PhaseRecord;
}

async function takeSlice(
  { lab, pacer, call, ms, record }: Taking,
  phase: Exclude<Phase, { kind: 'autocannon' }>,
): Promise<void> {
  const { address } = lab;
  // Every slice has arrivals of its own, and every contender of a round the same.
  const turn = phase.kind === 'search' ? record.search.tried : record.open.length;
  const seed = lab.seed + lab.round * 1000 + turn;
  const openAt = (perSecond: number, arrivals: 'poisson' | 'uniform') =>
    takeOpen(address, call, pacer, { perSecond, durationMs: ms, arrivals, seed });
  switch (phase.kind) {
    case 'warm-up':
      record.warmUpMs += await warmUp(address, call, phase.inFlight, ms);
      return;
    case 'closed':
      record.closed.push(
        await takeClosed(address, call, { inFlight: phase.inFlight, durationMs: ms }),
      );
      return;
    case 'open':
      record.open.push(await openAt(phase.perSecond, phase.arrivals));
      return;
    case 'share':
      record.perSecond ||= phase.share * record.capacity();
      record.open.push(await openAt(record.perSecond, 'poisson'));
      return;
    case 'search':
      record.search.tell(await openAt(record.search.next(), 'poisson'));
  }
}
