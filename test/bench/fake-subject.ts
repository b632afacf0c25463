import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Address } from '../../bench/subject/address.ts';
import type { Subject } from '../../bench/subject/subject.ts';
import { startSubject } from '../../bench/subject/subject.ts';
import type { Load } from '../../bench/trial/load.ts';
import type { TrialSetup } from '../../bench/trial/scenario.ts';

export const fakePath = fileURLToPath(new URL('./fake-server.ts', import.meta.url));

/** A fake server with its faults, and counters where they are wanted; ended with the test. */
export async function startFake(
  faults: { readonly serviceMs?: number; readonly failEvery?: number; readonly dieAfter?: number },
  { counters = false } = {},
): Promise<Subject> {
  const { serviceMs = 0, failEvery = 0, dieAfter = 0 } = faults;
  const args = [serviceMs, failEvery, dieAfter].map(String);
  const subject = await startSubject([fakePath, ...args], { counters }, {});
  onTestFinished(() => subject.stop());
  return subject;
}

/** A process that this bench has started has an id. */
export function pidOf({ address: { pid } }: Subject): number {
  if (pid === null) throw new Error('Expected a process of our own, got none.');
  return pid;
}

/** One call of the fake server, whose answer is checked. */
export const callOf =
  ({ address }: Subject, path = '/') =>
  async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${address.http}${path}`);
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
    return text;
  };

/** Nobody's server: it has neither a process nor counters. */
export const nowhere: Address = { pid: null, host: '127.0.0.1', ours: false, counters: false };

/** How a workload is loaded in a closed loop. */
export const closedLoad = (inFlight: number): Extract<Load, { kind: 'closed' }> => ({
  kind: 'closed',
  workload: 'read',
  connections: inFlight,
  inFlight,
  rttMs: 0,
});

/** What a load generator knows of such a server. */
export const setupOf = (address: Address, more: Partial<TrialSetup> = {}): TrialSetup => ({
  address,
  contender: 'rest',
  fixtures: {
    paymentId: 'pay_1',
    customerId: 'cus_1',
    refundableId: 'pay_2',
    refundId: 're_1',
    heavyCustomerId: 'cus_2',
  },
  reference: undefined,
  seed: 1,
  round: 0,
  loading: { effort: 'quick' },
  link: { controlPort: 0, points: [] },
  ...more,
});
