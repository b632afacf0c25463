import { randomUUID } from 'node:crypto';
import type { AutocannonResult } from '../drivers/autocannon.ts';
import type { Captured } from './capture.ts';
import { type Spent, watched } from './measure.ts';
import type { Phase } from './phase.ts';
import type { Lab } from './scenario.ts';
import { marker } from './workload.ts';

export interface AutocannonSlice {
  readonly loop: AutocannonResult;
  readonly spent: Spent;
}

/**
 * The same request by autocannon, HTTP/1.1 in clear text.
 * @returns undefined where the workload travels in another way
 */
export async function takeAutocannon(
  { address }: Lab,
  { connections }: Phase,
  { prepared, body }: Captured,
  durationMs: number,
): Promise<AutocannonSlice | undefined> {
  if (prepared.protocol !== 'http1' || address.ca !== undefined) return undefined;
  // Loaded only here: most load generators have no use for it.
  const { runAutocannon } = await import('../drivers/autocannon.ts');
  const { headers } = prepared.request;
  const keyed = Object.entries(headers).find(([, value]) => value === marker)?.[0];
  const { result, spent } = await watched(address, () =>
    runAutocannon({
      origin: `http://${address.host}:${address.http}`,
      request: prepared.request,
      connections,
      durationMs,
      ...(keyed
        ? { headersOf: () => ({ [keyed]: randomUUID() }) }
        : { expectBody: body.toString() }),
    }),
  );
  return { loop: result, spent };
}
