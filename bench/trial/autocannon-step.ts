import { randomUUID } from 'node:crypto';
import type { AutocannonResult } from '../drivers/autocannon.ts';
import type { CapturedCall } from './capture.ts';
import type { Load } from './load.ts';
import type { TrialSetup } from './scenario.ts';
import { type Spent, watched } from './steps.ts';
import { marker } from './workload.ts';

export interface AutocannonStep {
  readonly loop: AutocannonResult;
  readonly spent: Spent;
}

/**
 * The same request by autocannon, HTTP/1.1 in clear text.
 * @returns undefined if the workload travels in another way
 */
export async function runAutocannonStep(
  { address }: TrialSetup,
  { connections }: Load,
  { prepared, body }: CapturedCall,
  durationMs: number,
): Promise<AutocannonStep | undefined> {
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
