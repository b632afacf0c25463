import type { Driver } from '../drivers/driver.ts';
import { openDriver } from '../drivers/open-driver.ts';
import { runClosedLoop } from './closed-loop.ts';

/** Measures how fast the machine is now, by a fixed piece of work that resembles a call. */

const connections = 16;
const timeoutMs = 500;

/** Opened at the first reading and kept, because a generator uses one null server. */
let opened: Promise<Driver> | undefined;

/**
 * Sends requests to a null server for a time: sockets, parsing and memory, as in every call.
 * @returns requests a second
 */
export async function gaugeMachine(
  { host, http }: { readonly host: string; readonly http?: number | undefined },
  ms: number,
): Promise<number> {
  if (http === undefined) throw new Error('Expected a null server over HTTP/1.1.');
  const path = '/v1/payments/pay_00000000000000000000000000';
  const headers = { authorization: 'Bearer sk_test_retail_admin' };
  const request = { method: 'GET', path, headers, body: Buffer.alloc(0) };
  opened ??= openDriver(
    { protocol: 'http1', request },
    { host, port: http, connections, check: () => true, timeoutMs },
  );
  const driver = await opened;
  const call = () => driver.call();
  const loop = { call, inFlight: connections, durationMs: ms, graceMs: timeoutMs };
  const { perSecond, failed } = await runClosedLoop(loop);
  if (failed > 0) throw new Error(`Expected a null server that answers, got ${failed} failures.`);
  return perSecond;
}
