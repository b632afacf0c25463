import type { DriverReply } from './driver.ts';

/** A call that has not been answered. */
export interface Pending {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

const shownBytes = 120;

/** What a call that got another answer than it should is rejected with. */
function refusal({ status, body }: DriverReply): Error {
  const start = Buffer.from(body.subarray(0, shownBytes)).toString();
  return new Error(
    `Expected the response that the check knows, got status ${status} and ${body.length} bytes: ${start}`,
  );
}

/** Ends a call with the verdict of the check on its response. */
export function settle(
  { resolve, reject }: Pending,
  check: (answer: DriverReply) => boolean,
  status: number,
  body: Uint8Array,
): void {
  const answer = { status, body };
  try {
    if (check(answer)) resolve();
    else reject(refusal(answer));
  } catch (thrown) {
    reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
  }
}

/** A call's two ends: what the caller waits for, and what the driver settles. */
export function pendingCall(start: (pending: Pending) => void): Promise<void> {
  return new Promise((resolve, reject) => start({ resolve, reject }));
}

/** What calls end with that are out when their driver is closed, or come later. */
export const closed = (): Error => new Error('Expected a response, the driver was closed.');
