import { writeFileSync } from 'node:fs';
import { connectLinks, measureRtt } from './link/links.ts';
import { startGenerator } from './load/generator-process.ts';
import type { Request } from './plan.ts';
import type { Ceiling, LinkProof, Result } from './report/result.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { openClient, portOf } from './scenarios/wires.ts';
import { makeCertificate } from './subject/certificate.ts';
import { arrangeFixtures, type Fixtures, writeConstants } from './subject/fixtures.ts';
import { memoryOf } from './subject/meter.ts';
import { pin } from './subject/process.ts';
import { type CertificateFiles, startControl, startServer } from './subject/subject.ts';
import type { Copies } from './subject/template.ts';

/** What all processes of a run share. */
export interface Shared {
  /** The file of what the controls answer. */
  readonly constantsPath: string;
  readonly fixtures: Fixtures;
  /** The answers of each scenario's baseline, by the scenario's name. */
  readonly references: ReadonlyMap<string, unknown>;
  readonly start: NonNullable<Result['start']>;
  readonly ceilings: readonly Ceiling[];
  readonly link: LinkProof;
  readonly controlPort: number;
  readonly certificate: CertificateFiles | undefined;
}

const allWires = ['rest', 'grpc', 'graphql', 'sse', 'websocket'];

/**
 * Starts the whole server once: what it starts and rests with, the rows that the scenarios need
 * and the template has not, reference answers; then how much the generator and the link can do.
 */
export async function lookAround(on: {
  readonly copies: Copies;
  readonly scenarios: readonly Scenario[];
  readonly request: Request;
  readonly controlPort: number;
}): Promise<Shared> {
  const { copies, scenarios, request, controlPort } = on;
  const constantsPath = copies.file('constants.json');
  const databasePath = copies.copy();
  // The first start after an installation fills the compile cache: it is not like those after it.
  await (await startServer({ wires: allWires, databasePath })).stop();
  const subject = await startServer({ wires: allWires, databasePath });
  const { address, readyMs, idleBytes } = subject;
  const references = new Map<string, unknown>();
  const askedMs = performance.now();
  const client = await openClient('rest', portOf(address, 'rest'), { connections: 16 });
  let fixtures: Fixtures;
  let start: Shared['start'];
  try {
    await client.listPayments({ limit: 1 });
    start = { readyMs, firstAnswerMs: readyMs + performance.now() - askedMs, idleBytes };
    fixtures = await arrangeFixtures(client);
    await client.close();
    // From here on, every process has these rows.
    await copies.keep(databasePath);
    await writeConstants(address, fixtures, constantsPath);
    for (const scenario of scenarios) {
      references.set(scenario.name, await scenario.reference(address, fixtures));
    }
  } finally {
    await subject.stop();
  }
  return {
    constantsPath,
    fixtures,
    references,
    start,
    ceilings: await calibrate(constantsPath),
    link: await proveLink(controlPort, request),
    controlPort,
    certificate: request.tls ? await writeCertificate(copies) : undefined,
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

/** How much each driver can do against a server that does nothing. */
async function calibrate(constantsPath: string): Promise<readonly Ceiling[]> {
  const [subject, generator] = await Promise.all([
    startControl('null', constantsPath),
    startGenerator(),
  ]);
  try {
    const { address } = subject;
    if (address.pid !== null) await pin(address.pid, 0);
    await pin(generator.pid, 1);
    const order = { kind: 'ceilings', lab: { address }, constants: constantsPath } as const;
    const report = await generator.run(order, calibrateWithinMs);
    return report.kind === 'ceilings' ? report.ceilings : [];
  } finally {
    await Promise.all([generator.stop(), subject.stop()]);
  }
}

const rttTimes = 5;

async function proveLink(controlPort: number, { loading }: Request): Promise<LinkProof> {
  const links = await connectLinks(controlPort);
  const points: { askedMs: number; achievedMs: number }[] = [];
  for (const askedMs of loading.rttsMs ?? [0, 1, 10, 50, 150]) {
    points.push({ askedMs, achievedMs: await measureRtt(links, askedMs, rttTimes) });
  }
  await links.close();
  return { points };
}
