import { randomUUID } from 'node:crypto';
import type { Client } from '../../services/core/client.ts';
import { type DriverRequest, openDriver } from '../drivers/open-driver.ts';
import type { CallWire } from '../result/wires.ts';
import type { Random } from '../statistics/random.ts';
import type { Address } from '../subject/address.ts';
import { type ClientOpening, portOf } from '../subject/clients.ts';
import { type CapturedExchange, captureAll, checkOf } from './capture.ts';
import { check } from './scenario.ts';
import { timeoutMs } from './steps.ts';
import { marker, type Workload } from './workload.ts';

/** The rows that a call of the mix reads or changes. */
export interface MixTarget {
  readonly customer: string;
  /** The customer's newest payment. */
  readonly payment: string;
}

/** One operation of the mix, in the natural way of a wire. */
export interface MixOperation extends Pick<Workload, 'comparable' | 'fragments'> {
  readonly name: string;
  /** Its share of all calls, 0 to 1. */
  readonly share: number;
  /** @param key an idempotency key that was never used, if the operation writes */
  perform(client: Client, target: MixTarget, key: string): Promise<unknown>;
  /** Requests that are sent at once, stage after stage. Defaults to one request. */
  readonly stages?: readonly number[];
}

/** One call of an operation, ready to be sent: the numbers of its requests, by stages. */
interface PreparedCall {
  readonly name: string;
  readonly stages: readonly (readonly number[])[];
}

/** An operation with its calls, which are drawn with equal probability. */
export interface PreparedOperation {
  readonly name: string;
  readonly share: number;
  readonly calls: readonly PreparedCall[];
  /** The results for its targets, in their order. */
  readonly answers: readonly unknown[];
}

export interface PreparedMix {
  readonly operations: readonly PreparedOperation[];
  send(call: PreparedCall): Promise<unknown>;
  close(): Promise<void>;
}

/** Splits numbers into stages. @throws Error if there are more or fewer than the stages have */
function stagesOf(numbers: readonly number[], sizes: readonly number[]): number[][] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  check(
    numbers.length === total,
    `as many requests as stages take, ${total}, not ${numbers.length}`,
  );
  let from = 0;
  return sizes.map((size) => {
    from += size;
    return numbers.slice(from - size, from);
  });
}

/** Returns the request with the marker instead of the key that it was captured with. */
function withMarker({ prepared }: CapturedExchange, key: string): DriverRequest {
  const inText = (text: string) => text.replaceAll(key, marker);
  if (prepared.protocol === 'websocket') {
    const { request } = prepared;
    return { ...prepared, request: { ...request, frame: inText(request.frame) } };
  }
  const { path, headers, body, ...rest } = prepared.request;
  const entries = Object.entries(headers).map(([name, value]) => [name, inText(value)]);
  // One byte a character, so that bytes of any encoding stay as they are.
  const bytes = Buffer.from(inText(Buffer.from(body).toString('latin1')), 'latin1');
  const request = { ...rest, path, headers: Object.fromEntries(entries), body: bytes };
  return { ...prepared, request };
}

/** Joins requests for one driver. @throws Error if there are none */
function together([first, ...others]: readonly DriverRequest[]): DriverRequest {
  if (!first) throw new Error('Expected requests of the mix, captured none.');
  // All are of one wire.
  return { ...first, others: others.map(({ request }) => request) } as DriverRequest;
}

/**
 * Lets the room's own client perform each operation on each of its targets once. Their requests
 * then share the connections of one lean driver, and every response is checked.
 * @param targetsOf the targets of an operation; one that is listed twice is captured once
 */
export async function prepareMix(
  { address, wire, opening = {} }: PreparedOn,
  operations: readonly MixOperation[],
  targetsOf: (operation: MixOperation) => readonly MixTarget[],
  connections: number,
): Promise<PreparedMix> {
  const planned = operations.map((operation) => {
    const targets = targetsOf(operation);
    return { operation, targets, distinct: [...new Set(targets)] };
  });
  const works = planned.flatMap(({ operation, distinct }) =>
    distinct.map((target) => {
      // As long as the marker, and fresh, because a key belongs to one input.
      const key = randomUUID();
      const perform = (client: Client) => operation.perform(client, target, key);
      return { key, perform };
    }),
  );
  const performs = works.map(({ perform }) => perform);
  const done = await captureAll(performs, address, wire, opening);
  const requests = done.flatMap(({ exchanges }, at) =>
    exchanges.map((exchange) => withMarker(exchange, works[at]?.key ?? marker)),
  );
  const checks: ReturnType<typeof checkOf>[] = [];
  const prepared = planned.map(({ operation, targets, distinct }): PreparedOperation => {
    const { name, share, stages = [1] } = operation;
    const own = new Map(
      distinct.map((target) => {
        const { answer, exchanges: captured } = done.shift() ?? {
          answer: undefined,
          exchanges: [],
        };
        const numbers = captured.map((exchange) => checks.push(checkOf(operation, exchange)) - 1);
        return [target, { answer, call: { name, stages: stagesOf(numbers, stages) } }] as const;
      }),
    );
    const all = targets.flatMap((target) => own.get(target) ?? []);
    const answers = all.map(({ answer }) =>
      operation.comparable ? operation.comparable(answer) : answer,
    );
    return { name, share, calls: all.map(({ call }) => call), answers };
  });
  const driver = await openDriver(together(requests), {
    host: address.host,
    port: portOf(address, wire),
    ca: address.ca,
    connections,
    marker,
    timeoutMs,
    check: (reply, which) => checks[which]?.(reply) ?? false,
  });
  return {
    operations: prepared,
    async send({ stages }) {
      for (const stage of stages) {
        await Promise.all(stage.map((which) => driver.callOf(which)));
      }
    },
    close: () => driver.close(),
  };
}

interface PreparedOn {
  readonly address: Address;
  readonly wire: CallWire;
  readonly opening?: ClientOpening | undefined;
}

/** Draws calls by the operations' shares. The same numbers give the same calls. */
export function createDraw(
  operations: readonly PreparedOperation[],
  random: Random,
): () => PreparedCall {
  return () => {
    const drawn = random();
    let share = 0;
    const operation = operations.find((one) => {
      share += one.share;
      return drawn < share;
    });
    const call = operation?.calls[Math.floor(random() * operation.calls.length)];
    if (!call) throw new Error('Expected an operation with calls, got none.');
    return call;
  };
}
