import type { Driver, DriverReply, ReplyCheck } from './driver.ts';

/** A call that has not been answered. */
export interface Pending {
  /** The number of its request. */
  readonly which: number;
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
  { which, resolve, reject }: Pending,
  check: ReplyCheck,
  status: number,
  body: Uint8Array,
): void {
  const answer = { status, body };
  try {
    if (check(answer, which)) resolve();
    else reject(refusal(answer));
  } catch (thrown) {
    reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
  }
}

/** A call's two ends: what the caller waits for, and what the driver settles. */
const pendingCall = (start: (pending: Pending) => void, which: number): Promise<void> =>
  new Promise((resolve, reject) => start({ which, resolve, reject }));

/** The calls of a driver. @param start sends a call, now or when a connection is free */
export const callsBy = (start: (pending: Pending) => void): Pick<Driver, 'call' | 'callOf'> => ({
  call: () => pendingCall(start, 0),
  callOf: (which) => pendingCall(start, which),
});

/** What calls end with that are out when their driver is closed, or come later. */
export const closed = (): Error => new Error('Expected a response, the driver was closed.');
