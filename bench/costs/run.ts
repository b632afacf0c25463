import { randomUUID } from 'node:crypto';
import { formatCount, formatMs, formatNumber } from '../result/format.ts';
import { left, type ReportTable, renderText, right } from '../result/table.ts';
import { roomWires } from '../result/wires.ts';
import type { Address } from '../subject/address.ts';
import { adminKey, connectClient, portOf } from '../subject/clients.ts';
import { arrangeFixtures } from '../subject/fixtures.ts';
import { cpuMicrosOf } from '../subject/meter.ts';
import { startServer } from '../subject/subject.ts';
import { findTemplate, importTemplate, openCopies } from '../subject/template.ts';
import { type Probe, type ProbeTarget, probes } from './probes.ts';

/** Server CPU that a token may cost at the most, microseconds. */
const limitMicros = 5000;
/** Of one probe: CPU time after which it is warm, and after which it is known. */
const warmMicros = 400_000;
const knownMicros = 300_000;
const mostTimes = 50;
const pointReads = 300;

/** What a probe cost, each the mean of its repetitions. */
export interface Cost {
  readonly name: string;
  readonly wire: string;
  readonly tokens: number;
  readonly cpuMicros: number;
}

/**
 * A key whose bucket is refilled so slowly that the missing tokens are those that were taken. So
 * the server counts the tokens, and no probe has to.
 */
async function createCountingKey(address: Address): Promise<string> {
  const client = await connectClient(address, 'rest', { key: adminKey });
  try {
    const scopes = ['payments:read', 'payments:write', 'customers:read', 'events:read'] as const;
    const created = await client.createKey(
      { name: 'costs', scopes: [...scopes], ratePerSecond: 1, burst: 100_000 },
      { idempotencyKey: randomUUID() },
    );
    if (created.secret === null) throw new Error('Expected the secret of a new key, got none.');
    return created.secret;
  } finally {
    await client.close();
  }
}

async function openTarget(address: Address, key: string): Promise<ProbeTarget> {
  const open = { key };
  const admin = await connectClient(address, 'rest', { key: adminKey });
  try {
    const fixtures = await arrangeFixtures(admin);
    return {
      origin: `http://${address.host}:${portOf(address, 'rest')}`,
      key,
      clients: {
        rest: await connectClient(address, 'rest', open),
        'rest-http2': await connectClient(address, 'rest-http2', open),
        grpc: await connectClient(address, 'grpc', open),
        graphql: await connectClient(address, 'graphql', open),
        websocket: await connectClient(address, 'websocket', open),
      },
      sse: await connectClient(address, 'sse', open),
      fixtures,
      lastSequence: await newestSequence(admin),
    };
  } finally {
    await admin.close();
  }
}

/** By halving: a position beyond the newest event is refused. */
async function newestSequence(admin: ProbeTarget['clients']['rest']): Promise<number> {
  let after = 0;
  for (let step = 2 ** 40; step >= 1; step /= 2) {
    const probe = admin.listEvents({ after: after + step, limit: 1 });
    if (await probe.then(() => true).catch(() => false)) after += step;
  }
  return after;
}

/** Tokens left in the key's bucket, by `RateLimit: "…";r=…` of a read that takes one itself. */
async function tokensLeft({ origin, key, fixtures }: ProbeTarget): Promise<number> {
  const url = `${origin}/v1/payments/${fixtures.paymentId}`;
  const { headers } = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  const left = /;r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1];
  if (left === undefined) throw new Error('Expected a RateLimit header with r=, got none.');
  return Number(left);
}

async function costOf(probe: Probe, target: ProbeTarget, pid: number): Promise<Cost> {
  const cpu = () => cpuMicrosOf(pid) ?? Number.NaN;
  const repeat = async (micros: number) => {
    const before = cpu();
    let times = 0;
    while (times === 0 || (times < mostTimes && cpu() - before < micros)) {
      await probe.send(target);
      times += 1;
    }
    return { times, cpuMicros: (cpu() - before) / times };
  };
  await repeat(warmMicros);
  const leftBefore = await tokensLeft(target);
  const { times, cpuMicros } = await repeat(knownMicros);
  const tokens = (leftBefore - (await tokensLeft(target)) - 1) / times;
  return { name: probe.name, wire: probe.wire, tokens, cpuMicros };
}

const perToken = ({ cpuMicros, tokens }: Cost): number => cpuMicros / Math.max(tokens, 1);

/** The costs, the highest a token first. */
function costTable(costs: readonly Cost[]): ReportTable {
  const sorted = costs.toSorted((a, b) => perToken(b) - perToken(a));
  const over = sorted.filter((cost) => perToken(cost) > limitMicros);
  return {
    title: 'Server CPU of expensive requests, at the full data',
    lead: 'CPU time of all threads, for each rate-limit token that the server took.',
    columns: [
      left('wire'),
      left('request'),
      right('tokens'),
      right('CPU, ms'),
      right('ms a token'),
    ],
    rows: sorted.map((cost) => [
      cost.wire,
      cost.name,
      formatNumber(Number(cost.tokens.toFixed(1))),
      formatMs(cost.cpuMicros),
      formatMs(perToken(cost)),
    ]),
    notes: [
      over.length === 0
        ? `No request costs more than ${formatMs(limitMicros)} ms a token.`
        : `Requests above ${formatMs(limitMicros)} ms a token: ${formatCount(over.length)}.`,
    ],
  };
}

/**
 * Sends the most expensive requests known to a server with the full data, one after the other, and
 * prints the CPU time of each for every rate-limit token that it took.
 * @returns whether all cost at most 5 ms a token
 */
export async function measureCosts(signal: AbortSignal): Promise<boolean> {
  const template = findTemplate();
  if (!template.exists) await importTemplate(template, signal);
  const copies = openCopies(template);
  const subject = await startServer({ wires: roomWires, databasePath: copies.copy() });
  try {
    const { address } = subject;
    const { pid } = address;
    if (pid === null || cpuMicrosOf(pid) === undefined) {
      throw new Error('Expected a platform that accounts for CPU time, as Linux does.');
    }
    const target = await openTarget(address, await createCountingKey(address));
    try {
      for (let at = 0; at < pointReads; at += 1) await tokensLeft(target);
      const costs: Cost[] = [];
      for (const [at, probe] of probes.entries()) {
        if (process.stderr.isTTY) process.stderr.write(`\r${at + 1} of ${probes.length} `);
        costs.push(await costOf(probe, target, pid));
      }
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
      console.log(renderText(costTable(costs)));
      return costs.every((cost) => perToken(cost) <= limitMicros);
    } finally {
      await Promise.all([...Object.values(target.clients), target.sse].map((one) => one.close()));
    }
  } finally {
    await subject.stop();
    copies.close();
  }
}
