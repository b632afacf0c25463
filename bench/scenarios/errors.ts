import { countedBetween, startCountingProxy } from '../link/counting-proxy.ts';
import { runClosedLoop } from '../load/closed-loop.ts';
import type { FailureSample } from '../report/result.ts';
import { encodeHistogram } from '../statistics/histogram.ts';
import { metered } from '../subject/meter.ts';
import {
  goodCalls,
  prepareProvocation,
  sixFailures,
  type ToldFailure,
  toldBy,
} from './failures.ts';
import { proveEqual } from './proof.ts';
import {
  type Contender,
  check,
  type Effort,
  type Lab,
  nothingMeasured,
  type Scenario,
} from './scenario.ts';
import { type CallWire, labels, openClient, portOf } from './wires.ts';

const inFlight = 4;
const lengths = {
  quick: { warmUpMs: 50, timedMs: 80 },
  normal: { warmUpMs: 100, timedMs: 200 },
  full: { warmUpMs: 3000, timedMs: 2000 },
} as const satisfies Record<Effort, object>;

/** Failures whose cost is set beside that of the good call on the same path. */
export const goodRead = 'none, a read';
export const goodCreate = 'none, a create';
const costed = new Set(['not_found', 'validation_failed']);

const contenders = (['rest', 'grpc', 'graphql', 'websocket'] as const).map(
  (wire): Contender & { readonly wire: CallWire } => ({
    name: wire,
    label: labels[wire],
    kind: 'room',
    wire,
    subject: { wires: [wire] },
  }),
);

const prepare = (wire: CallWire, port: number, connections = 1) =>
  prepareProvocation((opening) => openClient(wire, port, { connections, ...opening }));

/** What the six failures tell through a wire's client. */
async function toldOn(wire: CallWire, port: number): Promise<ToldFailure[]> {
  const provocation = await prepare(wire, port);
  try {
    const told: ToldFailure[] = [];
    for (const { provoke } of sixFailures) told.push(await toldBy(provoke(provocation)));
    return told;
  } finally {
    await provocation.close();
  }
}

async function costOf(lab: Lab, call: () => Promise<unknown>): Promise<FailureSample['perCall']> {
  const loop = (durationMs: number) => runClosedLoop({ call, inFlight, durationMs });
  const { warmUpMs, timedMs } = lengths[lab.effort];
  await loop(warmUpMs);
  const { result, spent } = await metered(lab.address, () => loop(timedMs));
  check(result.failed === 0, `the same outcome each time, got ${Object.keys(result.failures)}`);
  return {
    latency: encodeHistogram(result.latency),
    serverCpuMicros: spent.cpuMicros,
    completed: result.completed,
  };
}

async function measure(lab: Lab): Promise<FailureSample[]> {
  const wire = contenders.find(({ name }) => name === lab.contender)?.wire ?? 'rest';
  const port = portOf(lab.address, wire);
  proveEqual(await toldOn(wire, port), lab.reference);

  const { shapeOn } = await import('./error-shape.ts');
  const link = await startCountingProxy(port);
  const linked = await prepare(wire, link.port);
  const direct = await prepare(wire, port, inFlight);
  const { client, unconfirmedId } = direct;
  const samples: FailureSample[] = [];
  for (const { code, provoke } of sixFailures) {
    const shape = await shapeOn(wire, port, async (capturePort) => {
      const captured = await prepare(wire, capturePort);
      await toldBy(provoke(captured));
      await captured.close();
    });
    const bytesOf = async () => {
      const before = link.count();
      await toldBy(provoke(linked));
      return countedBetween(before, link.count()).receivedBytes;
    };
    const receivedBytes = await bytesOf();
    const repeatedBytes = await bytesOf();
    const failing = async () => {
      const told = await toldBy(provoke(direct));
      check(told.code === code, code);
    };
    const perCall = costed.has(code) ? await costOf(lab, failing) : null;
    samples.push({ failure: code, code, shape, receivedBytes, repeatedBytes, perCall });
  }
  const good = async (failure: string, call: () => Promise<unknown>) => ({
    failure,
    code: 'ok',
    shape: '',
    receivedBytes: 0,
    repeatedBytes: 0,
    perCall: await costOf(lab, call),
  });
  samples.push(await good(goodRead, () => goodCalls.read(client, unconfirmedId)));
  samples.push(await good(goodCreate, () => goodCalls.create(client)));
  await Promise.all([linked.close(), direct.close()]);
  await link.close();
  return samples;
}

/** (6) The same six failures on every wire: shape, bytes and cost. */
export const errors: Scenario = {
  name: 'errors',
  title: 'The same six failures on every wire',
  what: `Each client tells the same code and the same faults. Cost: ${inFlight} calls under way, beside the good call on the same path.`,
  baseline: 'rest',
  contenders,
  rounds: 1,
  estimateMs: (_contender, effort) =>
    300 + 4 * (lengths[effort].warmUpMs + lengths[effort].timedMs),
  reference: (address) => toldOn('rest', portOf(address, 'rest')),
  measure: async (lab) => ({ ...nothingMeasured, failures: await measure(lab) }),
};
