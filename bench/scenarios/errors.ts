import { runClosedLoop } from '../generator/closed-loop.ts';
import { countedBetween } from '../link/link-count.ts';
import { connectLinks } from '../link/links.ts';
import type { FailureSample } from '../result/result.ts';
import { type CallWire, labels } from '../result/wires.ts';
import { encodeHistogram } from '../statistics/histogram.ts';
import type { Address } from '../subject/address.ts';
import { adminKey, connectClient, openClient, portOf } from '../subject/clients.ts';
import { metered } from '../subject/meter.ts';
import { subjectOf } from '../trial/contenders.ts';
import { proveEqual } from '../trial/proof.ts';
import {
  type Contender,
  check,
  type Effort,
  nothingMeasured,
  type Scenario,
  type TrialSetup,
} from '../trial/scenario.ts';
import { singlePhaseTrial } from '../trial/single-phase-trial.ts';
import {
  goodCalls,
  prepareProvocation,
  sixFailures,
  type ToldFailure,
  toldBy,
} from './failures.ts';

const inFlight = 4;
const lengths = {
  quick: { warmUpMs: 50, timedMs: 80 },
  normal: { warmUpMs: 100, timedMs: 130 },
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
    subject: subjectOf(wire),
  }),
);

const wireOf = (contender: string): CallWire =>
  contenders.find(({ name }) => name === contender)?.wire ?? 'rest';

/** @param port of a link in between, in clear text on this machine */
const prepareOver = (wire: CallWire, port: number, { key = adminKey, ca }: Partial<Address>) =>
  prepareProvocation((opening) => openClient(wire, port, { key, ...opening, ca }));

const prepare = (wire: CallWire, address: Address, connections = 1) =>
  prepareProvocation((opening) => connectClient(address, wire, { connections, ...opening }));

/** What the six failures tell through a wire's client. */
async function toldOn(wire: CallWire, address: Address): Promise<ToldFailure[]> {
  const provocation = await prepare(wire, address);
  try {
    const told: ToldFailure[] = [];
    for (const { provoke } of sixFailures) told.push(await toldBy(provoke(provocation)));
    return told;
  } finally {
    await provocation.close();
  }
}

async function costOf(
  setup: TrialSetup,
  call: () => Promise<unknown>,
): Promise<FailureSample['perCall']> {
  const loop = (durationMs: number) => runClosedLoop({ call, inFlight, durationMs });
  const { warmUpMs, timedMs } = lengths[setup.loading.effort];
  await loop(warmUpMs);
  const { result, spent } = await metered(setup.address, () => loop(timedMs));
  check(result.failed === 0, `the same outcome each time, got ${Object.keys(result.failures)}`);
  return {
    latency: encodeHistogram(result.latency),
    serverCpuMicros: spent.cpuMicros,
    completed: result.answered,
  };
}

async function measure(setup: TrialSetup): Promise<FailureSample[]> {
  const wire = wireOf(setup.contender);
  const { address } = setup;
  const { host, ca } = address;
  const target = { host, ca, port: portOf(address, wire) };
  proveEqual(await toldOn(wire, address), setup.reference);

  const { shapeOn } = await import('./error-shape.ts');
  const links = await connectLinks(setup.link.controlPort);
  const link = await links.open({ host, targetPort: target.port, rttMs: 0 });
  const linked = await prepareOver(wire, link.port, address);
  const direct = await prepare(wire, address, inFlight);
  const { client, unconfirmedId } = direct;
  const samples: FailureSample[] = [];
  for (const { code, provoke } of sixFailures) {
    const shape = await shapeOn(wire, target, async (capturePort) => {
      const captured = await prepareOver(wire, capturePort, { key: address.key });
      await toldBy(provoke(captured));
      await captured.close();
    });
    const bytesOf = async () => {
      const before = await link.count();
      await toldBy(provoke(linked));
      return countedBetween(before, await link.count()).receivedBytes;
    };
    const receivedBytes = await bytesOf();
    const repeatedBytes = await bytesOf();
    const failing = async () => {
      const told = await toldBy(provoke(direct));
      check(told.code === code, code);
    };
    const perCall = costed.has(code) ? await costOf(setup, failing) : null;
    samples.push({ failure: code, code, shape, receivedBytes, repeatedBytes, perCall });
  }
  const good = async (failure: string, call: () => Promise<unknown>) => ({
    failure,
    code: 'ok',
    shape: '',
    receivedBytes: 0,
    repeatedBytes: 0,
    perCall: await costOf(setup, call),
  });
  samples.push(await good(goodRead, () => goodCalls.read(client, unconfirmedId)));
  samples.push(await good(goodCreate, () => goodCalls.create(client)));
  await Promise.all([linked.close(), direct.close()]);
  await links.close();
  return samples;
}

/** (6) The same six failures on every wire: shape, bytes and cost. */
export const errors: Scenario = {
  name: 'errors',
  title: 'The same six failures on every wire',
  what: `Each client tells the same code and the same faults. Cost: ${inFlight} calls under way, beside the good call on the same path.`,
  baseline: 'rest',
  contenders,
  rounds: { quick: 1, normal: 1, full: 3 },
  phases: () => [{ id: 'failures', ms: 1200, times: 1 }],
  reference: (address, _fixtures, { name }) => toldOn(wireOf(name), address),
  open: async (setup) =>
    singlePhaseTrial(async () => ({ ...nothingMeasured, failures: await measure(setup) })),
};
