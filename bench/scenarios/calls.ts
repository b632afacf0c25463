import type { HttpRequest } from '../load/autocannon.ts';
import type { Measured } from '../report/result.ts';
import { measureByAutocannon, measureClosed, measureOpen, measureWire } from './phases.ts';
import { proveEqual } from './proof.ts';
import {
  type Contender,
  type Effort,
  type Fixtures,
  type Lab,
  nothingMeasured,
  type Scenario,
  type Work,
} from './scenario.ts';
import { portOf } from './wires.ts';

/** A scenario of calls that are answered once: what to do, and how hard. */
export interface CallPlan {
  readonly inFlight: number;
  readonly connections: number;
  /** At most; it ends when throughput has stopped growing. */
  readonly warmUpMs: number;
  readonly closedMs: number;
  /** By autocannon, before everything else, where a contender has it. */
  readonly autocannonWarmUpMs: number;
  /** Latency at an equal rate; not measured where absent. */
  readonly open?: { readonly perSecond: number; readonly durationMs: number };
  /** Calls of which the bytes are counted. */
  readonly wireCalls: number;
}

export interface CallContender extends Contender {
  work(port: number, connections: number, fixtures: Fixtures): Promise<Work>;
  /** The same work by autocannon. */
  readonly autocannon?: (fixtures: Fixtures) => {
    readonly request: HttpRequest;
    readonly headersOf?: () => Readonly<Record<string, string>>;
    readonly expectBody?: string;
  };
}

const autocannonConnections = 64;
const autocannonMsOf: Readonly<Record<Effort, number>> = { quick: 200, normal: 400, full: 3000 };
/** What is left to warm up after autocannon is the client's own code. */
const warmUpAfterAutocannonMs = 500;

/** Rough length of a measurement by this plan, milliseconds. */
function planMs(normalPlan: CallPlan, contender: CallContender, effort: Effort): number {
  const plan = withEffort(normalPlan, effort);
  const isControl = contender.kind === 'control';
  return (
    100 +
    (contender.autocannon ? warmUpAfterAutocannonMs : plan.warmUpMs) +
    plan.closedMs +
    (plan.open && !isControl ? plan.open.durationMs + 100 : 0) +
    (contender.autocannon ? plan.autocannonWarmUpMs + autocannonMsOf[effort] + 50 : 0)
  );
}

const withLengths = (plan: CallPlan, warmUpMs: number, closedMs: number, openMs: number) => ({
  ...plan,
  warmUpMs,
  closedMs,
  ...(plan.open && { open: { ...plan.open, durationMs: openMs } }),
});

/** The plan as long as the effort wants it. */
function withEffort(plan: CallPlan, effort: Effort): CallPlan {
  if (effort === 'quick') {
    return withLengths({ ...plan, wireCalls: 5, autocannonWarmUpMs: 50 }, 100, 200, 200);
  }
  if (effort === 'normal') return plan;
  return withLengths({ ...plan, autocannonWarmUpMs: 4000 }, 6000, 3000, 4000);
}

/** A scenario whose contenders are called again and again. */
export function callScenario(
  scenario: Pick<Scenario, 'name' | 'title' | 'what' | 'rounds' | 'baseline'> & {
    readonly contenders: readonly CallContender[];
    readonly plan: CallPlan;
  },
): Scenario {
  const { contenders, plan, baseline, ...rest } = scenario;
  const named = (name: string): CallContender => {
    const found = contenders.find((contender) => contender.name === name);
    if (!found) throw new Error(`Expected a contender of ${scenario.name}, got '${name}'.`);
    return found;
  };
  return {
    ...rest,
    baseline,
    contenders,
    estimateMs: ({ name }, effort) => planMs(plan, named(name), effort),
    async reference(address, fixtures) {
      const contender = named(baseline);
      const work = await contender.work(portOf(address, contender.wire), 1, fixtures);
      try {
        return await work.answer();
      } finally {
        await work.close();
      }
    },
    measure: (lab) => measureCalls(lab, named(lab.contender), plan),
  };
}

/** Proves the answer, then counts bytes, then loads. */
async function measureCalls(
  lab: Lab,
  contender: CallContender,
  normalPlan: CallPlan,
): Promise<Measured> {
  const { address, fixtures } = lab;
  const plan = withEffort(normalPlan, lab.effort);
  const port = portOf(address, contender.wire);
  const work = await contender.work(port, plan.connections, fixtures);
  try {
    proveEqual(await work.answer(), lab.reference);
    const open = (linkPort: number) => contender.work(linkPort, 1, fixtures);
    const wire = await measureWire(address, port, open, plan.wireCalls);
    // V8 has compiled a server for good after some 60,000 calls. Autocannon checks least and so
    // sends fastest: where it can, it goes first, and warms the server up for what comes after.
    const request = contender.autocannon?.(fixtures);
    const autocannon = request
      ? await measureByAutocannon(address, {
          ...request,
          connections: autocannonConnections,
          warmUpMs: plan.autocannonWarmUpMs,
          durationMs: autocannonMsOf[lab.effort],
        })
      : null;
    const closed = await measureClosed(address, work, {
      ...plan,
      warmUpMs: autocannon ? Math.min(warmUpAfterAutocannonMs, plan.warmUpMs) : plan.warmUpMs,
      durationMs: plan.closedMs,
    });
    const loaded =
      plan.open && contender.kind !== 'control'
        ? await measureOpen(address, work, { ...plan.open, seed: lab.seed })
        : null;
    return { ...nothingMeasured, wire, closed, open: loaded, autocannon };
  } finally {
    await work.close();
  }
}
