import { runClosedLoop } from '../generator/closed-loop.ts';
import { countedBetween } from '../link/link-count.ts';
import { connectLinks } from '../link/links.ts';
import type { FailureSample } from '../result/result.ts';
import type { CallWire } from '../result/wires.ts';
import { encodeHistogram } from '../statistics/histogram.ts';
import type { Address } from '../subject/address.ts';
import { adminKey, connectClient, openClient, portOf } from '../subject/clients.ts';
import { metered } from '../subject/meter.ts';
import { createOne, readOne } from '../subject/payments.ts';
import { prepareProvocation, type ReportedFailure, reportedBy, sixFailures } from './failures.ts';
import { proveEqual } from './proof.ts';
import { check, type Effort, type TrialSetup } from './scenario.ts';

/** The shapes of the six failures on one wire, and their cost. */

export const callsInFlight = 4;
const lengths = {
  quick: { warmUpMs: 50, timedMs: 80 },
  // A default run looks only at the shapes; `--full` measures the cost too.
  normal: { warmUpMs: 0, timedMs: 0 },
  full: { warmUpMs: 1000, timedMs: 700 },
} as const satisfies Record<Effort, object>;
/** Calls that are timed: two failures, and the successful calls on their paths. */
const timedCalls = 4;
/** Shapes and bytes of all failures. */
const shapesMs = 400;

/** How long the failures of one wire take. */
export const lengthOf = (effort: Effort): number =>
  shapesMs + timedCalls * (lengths[effort].warmUpMs + lengths[effort].timedMs);

/** Successful calls in the list of failures; a failure's cost is divided by theirs. */
export const goodRead = 'none, a read';
export const goodCreate = 'none, a create';
const costed = new Set(['not_found', 'validation_failed']);

/** @param port of a link in between, in clear text on this machine */
const prepareOver = (wire: CallWire, port: number, { key = adminKey, ca }: Partial<Address>) =>
  prepareProvocation((opening) => openClient(wire, port, { key, ...opening, ca }));

const prepare = (wire: CallWire, address: Address, connections = 1) =>
  prepareProvocation((opening) => connectClient(address, wire, { connections, ...opening }));

/** Returns how a wire's client reports the six failures. */
export async function failuresOn(wire: CallWire, address: Address): Promise<ReportedFailure[]> {
  const provocation = await prepare(wire, address);
  try {
    const reported: ReportedFailure[] = [];
    for (const { provoke } of sixFailures) reported.push(await reportedBy(provoke(provocation)));
    return reported;
  } finally {
    await provocation.close();
  }
}

async function costOf(
  { address, loading }: TrialSetup,
  call: () => Promise<unknown>,
): Promise<FailureSample['perCall']> {
  const loop = (durationMs: number) => runClosedLoop({ call, inFlight: callsInFlight, durationMs });
  const { warmUpMs, timedMs } = lengths[loading.effort];
  if (timedMs === 0) return null;
  await loop(warmUpMs);
  const { result, spent } = await metered(address, () => loop(timedMs));
  check(result.failed === 0, `the same outcome each time, got ${Object.keys(result.failures)}`);
  return {
    latency: encodeHistogram(result.latency),
    serverCpuMicros: spent.cpuMicros,
    completed: result.answered,
  };
}

export async function measureFailures(setup: TrialSetup, wire: CallWire): Promise<FailureSample[]> {
  const { address } = setup;
  const { host, ca } = address;
  const target = { host, ca, port: portOf(address, wire) };
  proveEqual(await failuresOn(wire, address), setup.reference);

  const { shapeOn } = await import('./error-shape.ts');
  const links = await connectLinks(setup.link.controlPort);
  const link = await links.open({ host, targetPort: target.port, rttMs: 0 });
  const linked = await prepareOver(wire, link.port, address);
  const direct = await prepare(wire, address, callsInFlight);
  const samples: FailureSample[] = [];
  for (const { code, provoke } of sixFailures) {
    const shape = await shapeOn(wire, target, async (capturePort) => {
      const captured = await prepareOver(wire, capturePort, { key: address.key });
      await reportedBy(provoke(captured));
      await captured.close();
    });
    const bytesOf = async () => {
      const before = await link.count();
      await reportedBy(provoke(linked));
      return countedBetween(before, await link.count()).receivedBytes;
    };
    const receivedBytes = await bytesOf();
    const repeatedBytes = await bytesOf();
    const failing = async () => {
      const reported = await reportedBy(provoke(direct));
      check(reported.code === code, code);
    };
    const perCall = costed.has(code) ? await costOf(setup, failing) : null;
    samples.push({ failure: code, code, shape, receivedBytes, repeatedBytes, perCall });
  }
  const { client, unconfirmedId } = direct;
  const good = { code: 'ok', shape: '', receivedBytes: 0, repeatedBytes: 0 };
  const read = await costOf(setup, () => readOne(client, unconfirmedId));
  const create = await costOf(setup, () => createOne(client));
  samples.push({ failure: goodRead, ...good, perCall: read });
  samples.push({ failure: goodCreate, ...good, perCall: create });
  await Promise.all([linked.close(), direct.close()]);
  await links.close();
  return samples;
}
