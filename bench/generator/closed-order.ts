import { type DriverRequest, openDriver } from '../drivers/open-driver.ts';
import { runClosedLoop } from './closed-loop.ts';

/** A step of closed loop by the lean driver: plain data, which can go to the generator. */
export interface ClosedOrder {
  readonly host: string;
  readonly port: number;
  /** The request; every answer has to be this one, to the byte. */
  readonly captured: {
    readonly prepared: DriverRequest;
    readonly status: number;
    readonly body: Buffer;
  };
  readonly connections: number;
  readonly inFlight: number;
  readonly durationMs: number;
}

/**
 * Opens connections, keeps calls in flight on them for a time, and closes them.
 * @returns good answers a second
 * @throws Error if an answer was another one
 */
export async function runClosedOrder(order: ClosedOrder): Promise<number> {
  const { host, port, captured, connections, inFlight, durationMs } = order;
  const { prepared, status, body } = captured;
  const driver = await openDriver(prepared, {
    host,
    port,
    connections,
    check: (answer) => answer.status === status && body.equals(answer.body),
  });
  const call = () => driver.call();
  const loop = runClosedLoop({ call, inFlight, durationMs }).finally(() => driver.close());
  const { perSecond, failed, failures } = await loop;
  if (failed > 0) throw new Error(`${failed} calls failed: ${Object.keys(failures)[0]}`);
  return perSecond;
}
