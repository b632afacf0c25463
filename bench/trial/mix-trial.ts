import { setTimeout as sleep } from 'node:timers/promises';
import { createMetronome } from '../generator/metronome.ts';
import type { MixSample, SpikeSample } from '../result/mix.ts';
import { createRandom } from '../statistics/random.ts';
import { createDraw, type PreparedMix, type PreparedOperation } from './mix.ts';
import { type Call, createSearching, inFlight, maxInFlight, objective } from './mix-search.ts';
import { nothingMeasured, type Phase, type Trial, type TrialSetup } from './scenario.ts';
import { runSpike } from './spike.ts';
import { timeoutMs, warmUp } from './steps.ts';

/** A phase of the mix. Search and spike start from the rate that the closed loop showed. */
export interface MixPhase extends Phase {
  readonly kind: 'warm-up' | 'closed' | 'search' | 'spike';
  /** All operations, or reads alone. */
  readonly of: 'whole' | 'readAlone';
}

export const connections = 16;

/**
 * The spike is tenfold. Its base is a share of each wire's own highest rate, so that every wire
 * gets twice what it can do. An equal base would overload only the slowest wire, and how much load
 * a wire takes is already shown by its highest rate.
 */
const spikeTimes = 10;
const baseShare = 0.2;
/** Time before, during and after the spike, as shares of the phase: 2, 2 and 4 s of 8. */
const spikeShares = { beforeMs: 0.25, forMs: 0.25, afterMs: 0.5 };

/** Draws calls, and counts the calls of each operation. */
function createCalls(mix: PreparedMix) {
  const counts: Record<string, number> = {};
  const reads = mix.operations.filter(({ name }) => name === 'read');
  const alone = reads.map((read): PreparedOperation => ({ ...read, share: 1 }));
  return {
    counts,
    by(of: MixPhase['of'], seed: number): Call {
      const draw = createDraw(of === 'whole' ? mix.operations : alone, createRandom(seed));
      return () => {
        const call = draw();
        if (of === 'whole') counts[call.name] = (counts[call.name] ?? 0) + 1;
        return mix.send(call);
      };
    },
  };
}

/** One process of a contender under a mix of calls, and under a spike of them. */
export async function openMixTrial(
  setup: TrialSetup,
  mix: PreparedMix,
  phases: readonly MixPhase[],
): Promise<Trial> {
  const { address } = setup;
  const pacer = await createMetronome();
  const calls = createCalls(mix);
  const searches = {
    whole: createSearching(address.pid, pacer),
    readAlone: createSearching(address.pid, pacer),
  };
  let warmUpMs = 0;
  let steps = 0;
  let spike: SpikeSample | null = null;

  /** Opens connections again that a server closed while others took steps (RFC 9112 §9.8). */
  const touch = (call: Call) =>
    Promise.race([Promise.allSettled(Array.from({ length: connections }, call)), sleep(timeoutMs)]);

  return {
    async step({ phase: id, ms }) {
      const phase = phases.find((one) => one.id === id);
      if (!phase) throw new Error(`Expected a phase of the mix, got '${id}'.`);
      const { kind, of } = phase;
      // Every step has arrivals and calls of its own, and all contenders of a round have the same.
      steps += 1;
      const seed = setup.seed + setup.round * 1000 + steps;
      const call = calls.by(of, seed);
      const searching = searches[of];
      if (kind === 'warm-up') {
        warmUpMs += await warmUp(address, call, inFlight, ms);
        return;
      }
      await touch(calls.by('readAlone', seed));
      if (kind === 'closed') return searching.closedStep(call, ms);
      if (kind === 'search') return searching.searchStep(call, ms, seed);
      const { beforeMs, forMs, afterMs } = spikeShares;
      spike = await runSpike(
        {
          basePerSecond: searching.perSecond() * baseShare,
          times: spikeTimes,
          beforeMs: beforeMs * ms,
          forMs: forMs * ms,
          afterMs: afterMs * ms,
        },
        { pacer, call, random: createRandom(seed), maxInFlight, timeoutMs },
      );
    },
    async finish() {
      const sample: MixSample = {
        connections,
        objective,
        whole: searches.whole.sample(),
        readAlone: searches.readAlone.sample(),
        calls: calls.counts,
        spike,
      };
      return { ...nothingMeasured, warmUpMs, mix: sample };
    },
    async close() {
      await Promise.all([pacer.close(), mix.close()]);
    },
  };
}
