import { readFileSync, writeFileSync } from 'node:fs';
import type { Client } from '../../services/core/client.ts';
import { connectLinks, measureRtt } from '../link/links.ts';
import { pin } from '../process/child.ts';
import type { Ceiling, LinkProof, Result } from '../result/result.ts';
import type { CallWire } from '../result/wires.ts';
import { roomWires } from '../result/wires.ts';
import type { Address } from '../subject/address.ts';
import { makeCertificate } from '../subject/certificate.ts';
import { connectClient } from '../subject/clients.ts';
import { arrangeFixtures, type Fixtures } from '../subject/fixtures.ts';
import { readNewest } from '../subject/payments.ts';
import { type CertificateFiles, startControl, startServer } from '../subject/subject.ts';
import type { Copies } from '../subject/template.ts';
import { nullConstants, writeConstants } from './constants.ts';
import type { Machine } from './machine.ts';
import type { Plan, Request } from './plan.ts';
import type { Scenario } from './scenario.ts';
import type { StartLoadGenerator } from './tasks.ts';

/** What all processes of a run share. */
export interface Preflight {
  /** The file of the responses that controls return. */
  readonly constantsPath: string;
  readonly fixtures: Fixtures;
  /** The results of each scenario's baseline, by the scenario's name. */
  readonly references: ReadonlyMap<string, unknown>;
  /** Null if a target is measured. */
  readonly start: Result['start'];
  readonly ceilings: readonly Ceiling[];
  /** What the machine did while they were measured, requests a second. */
  readonly machineAtCeilings: number | null;
  readonly link: LinkProof;
  readonly controlPort: number;
  readonly certificate: CertificateFiles | undefined;
  /** Flags of Node for every server that is timed. */
  readonly nodeFlags: readonly string[];
  /** The server that somebody else started; undefined if the bench starts its own. */
  readonly target: Address | undefined;
}

interface PreflightOptions {
  readonly copies: Copies;
  readonly plan: Plan;
  readonly request: Request;
  readonly controlPort: number;
  readonly machine: Machine;
  readonly startGenerator: StartLoadGenerator;
}

/**
 * Prepares a run: measures how a server starts and idles, creates the rows that the scenarios need
 * and the template lacks, reads the reference results, and measures the ceilings of the generator
 * and the round trips of the link.
 */
export async function runPreflight(on: PreflightOptions): Promise<Preflight> {
  const { copies, request, controlPort, machine, startGenerator } = on;
  const target = request.targets.length > 0 ? addressOfTargets(request) : undefined;
  const constantsPath = copies.file('constants.json');
  const seen = target
    ? { start: null, ...(await preflightTarget(target, on)) }
    : await preflightServer(on, constantsPath);
  return {
    ...seen,
    constantsPath,
    ...(await calibrate(copies, startGenerator, machine)),
    link: await proveLink(controlPort, request),
    controlPort,
    certificate: request.tls ? await writeCertificate(copies) : undefined,
    nodeFlags: nodeFlagsOf(request),
    target,
  };
}

/**
 * The number of calls after which V8 compiles a function for its last tiers. By default V8 waits
 * for five times as many, which do not fit into five minutes. The flags change when code is
 * compiled, and hardly what a call costs then. `--full` omits them.
 */
const soonerFlags = [
  '--invocation-count-for-maglev=80',
  '--invocation-count-for-turbofan=600',
] as const;

/** Flags for all servers of a run, in addition to those of `npm start`. */
export const nodeFlagsOf = ({ loading: { effort } }: Request): readonly string[] =>
  effort === 'full' ? [] : soonerFlags;

async function preflightServer({ copies, plan }: PreflightOptions, constantsPath: string) {
  const databasePath = copies.copy();
  // The first start after an installation fills the compile cache, so it takes longer than others.
  await (await startServer({ wires: roomWires, databasePath })).stop();
  const subject = await startServer({ wires: roomWires, databasePath });
  const { address, readyMs, idleBytes } = subject;
  try {
    const askedMs = performance.now();
    const client = await connectClient(address, 'rest', { connections: 16 });
    await readNewest(client, 1);
    const ownMs = readyMs ?? 0;
    const start = { readyMs: ownMs, firstAnswerMs: ownMs + performance.now() - askedMs, idleBytes };
    const fixtures = await arrangeFixtures(client);
    await client.close();
    // From here on, every process has these rows.
    await copies.keep(databasePath);
    await writeConstants(address, fixtures, constantsPath);
    return { start, fixtures, references: await referencesOf(plan, address, fixtures) };
  } finally {
    await subject.stop();
  }
}

async function preflightTarget(address: Address, { plan, request }: PreflightOptions) {
  const wire = request.targets.map((target) => target.wire).find((one) => one !== 'sse');
  if (!wire) throw new Error('Expected a target that can be called, got a stream of events alone.');
  const client: Client = await connectClient(address, wire as CallWire, { connections: 4 });
  const fixtures = await arrangeFixtures(client);
  await client.close();
  return { fixtures, references: await referencesOf(plan, address, fixtures) };
}

/** The results of each scenario by its baseline or, if that is not measured, another contender. */
async function referencesOf({ blocks }: Plan, address: Address, fixtures: Fixtures) {
  const references = new Map<string, unknown>();
  const firsts = new Map<Scenario, Plan['blocks'][number]>();
  for (const block of blocks) firsts.set(block.scenario, block);
  for (const [scenario, { contenders }] of firsts) {
    const base = contenders.find(({ name }) => name === scenario.baseline) ?? contenders[0];
    if (base) references.set(scenario.name, await scenario.reference(address, fixtures, base));
  }
  return references;
}

/** One address of all targets. @throws Error if they are not of one server */
export function addressOfTargets(request: Request): Address {
  const { targets, targetPid, targetCa, targetKey } = request;
  const [first] = targets;
  const portsOf = (names: readonly string[]) => [
    ...new Set(targets.filter(({ wire }) => names.includes(wire)).map(({ port }) => port)),
  ];
  const http = portsOf(roomWires.filter((wire) => wire !== 'grpc'));
  if (!first || targets.some(({ host }) => host !== first.host) || http.length > 1) {
    const got = targets.map(({ wire, host, port }) => `${wire}=${host}:${port}`).join(' ');
    throw new Error(`--target: expected one host, and one port of all but gRPC, got ${got}`);
  }
  const isTls = targets.some(({ tls }) => tls) || targetCa !== undefined;
  if (isTls && targetCa === undefined) {
    throw new Error('--target: expected --target-ca, the authority of a server over TLS');
  }
  return {
    host: first.host,
    http: http[0],
    http2: portsOf(['rest-http2'])[0],
    grpc: portsOf(['grpc'])[0],
    pid: targetPid ?? null,
    ours: false,
    counters: false,
    key: targetKey,
    ca: targetCa === undefined ? undefined : readFileSync(targetCa, 'utf8'),
  };
}

async function writeCertificate(copies: Copies): Promise<CertificateFiles> {
  const { cert, key } = await makeCertificate();
  const [certPath, keyPath] = [copies.file('cert.pem'), copies.file('key.pem')];
  writeFileSync(certPath, cert);
  writeFileSync(keyPath, key, { mode: 0o600 });
  return { ca: cert, certPath, keyPath };
}

const calibrateWithinMs = 30_000;

/** Measures the ceiling of each driver against a server that does nothing. */
async function calibrate(
  copies: Copies,
  startGenerator: StartLoadGenerator,
  machine: Machine,
): Promise<Pick<Preflight, 'ceilings' | 'machineAtCeilings'>> {
  const path = copies.file('null.json');
  writeFileSync(path, JSON.stringify(nullConstants));
  const [subject, generator] = await Promise.all([startControl('null', path), startGenerator()]);
  try {
    const { address } = subject;
    if (address.pid !== null) await pin(address.pid, 0);
    await pin(generator.pid, 1);
    const before = await machine.read();
    const ceilings = await generator.run('calibrate', address, calibrateWithinMs);
    const after = await machine.read();
    const isKnown = before !== null && after !== null;
    return { ceilings, machineAtCeilings: isKnown ? (before + after) / 2 : null };
  } finally {
    await Promise.all([generator.stop(), subject.stop()]);
  }
}

const rttTimes = 3;

async function proveLink(controlPort: number, { loading }: Request): Promise<LinkProof> {
  const links = await connectLinks(controlPort);
  const points: { askedMs: number; achievedMs: number }[] = [];
  for (const askedMs of loading.rttsMs ?? [0, 1, 10, 50, 150]) {
    points.push({ askedMs, achievedMs: await measureRtt(links, askedMs, rttTimes) });
  }
  await links.close();
  return { points };
}
