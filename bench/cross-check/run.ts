import { writeFileSync } from 'node:fs';
import type { Client } from '../../services/core/client.ts';
import type { ClosedOrder } from '../generator/closed-order.ts';
import { pin } from '../process/child.ts';
import { formatDuration } from '../result/format.ts';
import { renderText } from '../result/table.ts';
import { type CallWire, labels, roomOf } from '../result/wires.ts';
import { startLoadGenerator } from '../scenarios/start-generator.ts';
import { createRandom, type Random, shuffled } from '../statistics/random.ts';
import type { Address } from '../subject/address.ts';
import { connectClient, portOf } from '../subject/clients.ts';
import { arrangeFixtures } from '../subject/fixtures.ts';
import { cpuMicrosOf } from '../subject/meter.ts';
import { type Subject, startControl, startServer } from '../subject/subject.ts';
import { type Copies, findTemplate, importTemplate, openCopies } from '../subject/template.ts';
import { captureWorkload } from '../trial/capture.ts';
import { nullConstants } from '../trial/constants.ts';
import type { LoadGenerator } from '../trial/tasks.ts';
import { readPayment } from '../trial/workloads.ts';
import { type Pair, type Side, type ToolComparison, toolTable, verdictOf } from './table.ts';
import { findTool, h2load, runTool, type Tool, wrk } from './tools.ts';

type CheckedWire = Extract<CallWire, 'rest' | 'rest-http2' | 'grpc'>;

/** A tool and how it calls: as many calls in flight in every comparison. */
interface ToolSetup {
  readonly wire: CheckedWire;
  readonly tool: Tool;
  readonly connections: number;
  /** Calls in flight on each of them. */
  readonly streams: number;
}

const setups: readonly ToolSetup[] = [
  { wire: 'rest', tool: wrk, connections: 64, streams: 1 },
  { wire: 'rest-http2', tool: h2load, connections: 8, streams: 8 },
  { wire: 'rest-http2', tool: h2load, connections: 1, streams: 64 },
  { wire: 'grpc', tool: h2load, connections: 8, streams: 8 },
  { wire: 'grpc', tool: h2load, connections: 1, streams: 64 },
];

const seed = 1;
const serverCore = 0;
const clientCore = 1;
/** Length of a step. wrk takes whole seconds only, and slow spells of the machine last longer. */
const stepSeconds = 1;
const stepMs = stepSeconds * 1000;
const fewestPairs = 4;
const ceilingPairs = 2;
const warmUpMs = 6000;
const nullWarmUpMs = 700;
/** Time that a tool or the generator may take beyond the step. */
const slackMs = 10_000;

type CapturedRead = ClosedOrder['captured'];

/** A server that both call, and the answer that it gives. */
interface CheckedServer {
  readonly address: Address;
  readonly captured: CapturedRead;
}

/** What all setups have in common. */
interface CheckOptions {
  readonly copies: Copies;
  readonly nothing: Address;
  /** Slices by our driver, and by the tool, on each setup. */
  readonly pairs: number;
  readonly random: Random;
}

/** The server that both load. */
interface Harness extends CheckOptions {
  readonly generator: LoadGenerator;
  readonly bodyPath: string;
}

async function withServerCpu({ pid }: Address, work: () => Promise<number>): Promise<Side> {
  const read = () => (pid === null ? undefined : cpuMicrosOf(pid));
  const [startedMs, before] = [performance.now(), read()];
  const perSecond = await work();
  const [after, elapsedMs] = [read(), performance.now() - startedMs];
  const isKnown = before !== undefined && after !== undefined;
  return { perSecond, serverCpuShare: isKnown ? (after - before) / 1000 / elapsedMs : null };
}

/** A step by our driver, in the load generator's process as in every other measurement. */
async function takeOurs(
  { address, captured }: CheckedServer,
  { wire, connections, streams }: ToolSetup,
  { generator }: Harness,
  durationMs: number,
): Promise<number> {
  const { host } = address;
  const inFlight = connections * streams;
  const order = { host, port: portOf(address, wire), captured, connections, inFlight, durationMs };
  return generator.run('closedLoop', order, durationMs + slackMs);
}

async function takeTool(
  { address, captured }: CheckedServer,
  { wire, tool, connections, streams }: ToolSetup,
  { bodyPath }: Harness,
): Promise<number> {
  const origin = `http://${address.host}:${portOf(address, wire)}`;
  const { request } = captured.prepared;
  if (!('method' in request)) throw new Error('Expected a request of HTTP, got a frame.');
  const load = { origin, request, bodyPath, connections, streams, seconds: stepSeconds };
  const limits = { core: clientCore, withinMs: stepMs + slackMs } as const;
  const output = await runTool(findTool(tool) ?? tool.name, tool.argsOf(load), limits);
  const { completed, perSecond, bodyBytes } = tool.read(output);
  // gRPC reports failures in trailers, which no tool reads; such responses have no body.
  const missing = completed * captured.body.length - (bodyBytes ?? Number.POSITIVE_INFINITY);
  if (missing > 0) {
    throw new Error(`Expected only whole responses, ${tool.name} lacks ${missing} bytes of them.`);
  }
  return perSecond;
}

/** Both alternate in random order, so that a slow spell of the machine affects both. */
async function takePairs(
  server: CheckedServer,
  setup: ToolSetup,
  harness: Harness,
  count: number,
): Promise<Pair[]> {
  const takers = {
    ours: () => takeOurs(server, setup, harness, stepMs),
    tool: () => takeTool(server, setup, harness),
  };
  const pairs: Pair[] = [];
  for (let at = 0; at < count; at += 1) {
    const taken: Partial<Record<'ours' | 'tool', Side>> = {};
    for (const side of shuffled(['ours', 'tool'] as const, harness.random)) {
      taken[side] = await withServerCpu(server.address, takers[side]);
    }
    // Both have just been taken.
    pairs.push(taken as Pair);
  }
  return pairs;
}

const grpcPrefixBytes = 5;

/** The same request to a server that does nothing. */
function nullServer(
  address: Address,
  wire: CheckedWire,
  { prepared }: CapturedRead,
): CheckedServer {
  if (wire !== 'grpc') {
    const body = Buffer.from(nullConstants.rest);
    return { address, captured: { prepared, status: 200, body } };
  }
  const message = Buffer.from(nullConstants.grpc.message, 'base64');
  const prefix = Buffer.alloc(grpcPrefixBytes);
  prefix.writeUInt32BE(message.length, 1);
  return { address, captured: { prepared, status: 0, body: Buffer.concat([prefix, message]) } };
}

async function checkSetup(
  server: CheckedServer,
  setup: ToolSetup,
  harness: Harness,
): Promise<ToolComparison> {
  const { wire, tool, connections, streams } = setup;
  const nothing = nullServer(harness.nothing, wire, server.captured);
  const pairs = await takePairs(server, setup, harness, harness.pairs);
  await takeOurs(nothing, setup, harness, nullWarmUpMs);
  const ceilings = await takePairs(nothing, setup, harness, ceilingPairs);
  return { wire, tool: tool.name, connections, streams, pairs, ceilings };
}

/** The request as the room's own client sends it, with the headers that a tool adds. */
async function captureRead(address: Address, wire: CheckedWire): Promise<CapturedRead> {
  const client: Client = await connectClient(address, wire);
  const fixtures = await arrangeFixtures(client).finally(() => client.close());
  const { prepared, status, body } = await captureWorkload(
    readPayment,
    { address, fixtures },
    wire,
    {},
  );
  if (prepared.protocol !== 'http2' || prepared.request.body.length === 0) {
    return { prepared, status, body };
  }
  const { request } = prepared;
  const headers = { ...request.headers, 'content-length': String(request.body.length) };
  return { prepared: { ...prepared, request: { ...request, headers } }, status, body };
}

/** All setups of a wire, on one fresh server. */
async function checkWire(
  wire: CheckedWire,
  on: readonly ToolSetup[],
  options: CheckOptions,
): Promise<ToolComparison[]> {
  const { copies } = options;
  const databasePath = copies.copy();
  const started: (Subject | LoadGenerator)[] = [];
  try {
    const subject = await startServer({ wires: [roomOf(wire)], databasePath });
    started.push(subject);
    const generator = await startLoadGenerator();
    started.push(generator);
    const { address } = subject;
    const captured = await captureRead(address, wire);
    const bodyPath = copies.file(`${wire}.body`);
    const { request } = captured.prepared;
    if ('body' in request) writeFileSync(bodyPath, request.body);
    if (address.pid !== null) await pin(address.pid, serverCore);
    await pin(generator.pid, clientCore);
    const harness: Harness = { ...options, generator, bodyPath };
    const server: CheckedServer = { address, captured };
    const lines: ToolComparison[] = [];
    for (const [at, setup] of on.entries()) {
      if (at === 0) await takeOurs(server, setup, harness, warmUpMs);
      lines.push(await checkSetup(server, setup, harness));
    }
    return lines;
  } finally {
    await Promise.all(started.map((one) => one.stop()));
    copies.delete(databasePath);
  }
}

function estimateMs(on: readonly ToolSetup[], pairs: number): number {
  const ofWay = 2 * (pairs + ceilingPairs) * (stepMs + 50) + nullWarmUpMs;
  return new Set(on.map(({ wire }) => wire)).size * (warmUpMs + 2000) + on.length * ofWay;
}

/** Reports missing tools. @returns the setups whose tool is installed */
function findSetups(): ToolSetup[] {
  for (const tool of [wrk, h2load].filter((one) => findTool(one) === undefined)) {
    const wires = new Set(setups.filter((setup) => setup.tool === tool).map(({ wire }) => wire));
    const names = [...wires].map((wire) => labels[wire]).join('; ');
    console.log(`${tool.name} is not on the PATH. Not checked: ${names}.`);
  }
  return setups.filter(({ tool }) => findTool(tool) !== undefined);
}

function endOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      stop.abort();
      // Servers, generator and tool end with this process.
      process.exit(130);
    });
  }
  return stop.signal;
}

/**
 * Measures the same request on the same servers by our own drivers and by wrk or h2load, in turns,
 * and prints both with the ceiling of each client.
 * @param durationMs of each of the two on each setup, in steps of a second; at least four
 * @returns whether both agree on every line, or a client's ceiling explains the difference
 */
export async function crossCheck(durationMs: number): Promise<boolean> {
  const on = findSetups();
  if (on.length === 0) {
    console.log(
      `Expected wrk or h2load on the PATH, found neither. To install both: apt-get install ${wrk.packageName} ${h2load.packageName}`,
    );
    return false;
  }
  const pairs = Math.max(fewestPairs, Math.round(durationMs / stepMs));
  const signal = endOnSignals();
  const template = findTemplate();
  if (!template.exists) await importTemplate(template, signal);
  console.log(`About ${formatDuration(estimateMs(on, pairs))}, seed ${seed}.`);
  const copies = openCopies(template);
  const constantsPath = copies.file('null.json');
  writeFileSync(constantsPath, JSON.stringify(nullConstants));
  const nothing = await startControl('null', constantsPath);
  try {
    const { address } = nothing;
    if (address.pid !== null) await pin(address.pid, serverCore);
    const options: CheckOptions = { copies, nothing: address, pairs, random: createRandom(seed) };
    const lines: ToolComparison[] = [];
    for (const wire of new Set(on.map((setup) => setup.wire))) {
      const ofWire = on.filter((setup) => setup.wire === wire);
      lines.push(...(await checkWire(wire, ofWire, options)));
    }
    console.log(`\n${renderText(toolTable(lines))}`);
    return lines.every((line) => verdictOf(line).passes);
  } finally {
    await nothing.stop();
    copies.close();
  }
}
