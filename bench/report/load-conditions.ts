import { formatCount } from '../result/format.ts';
import type { ClosedLoopSample, OpenLoopSample } from '../result/loads.ts';
import type { DeliverySample } from '../result/result.ts';

/** How a load was made, as texts by name. Loads are comparable only if all are equal. */
export type Conditions = Readonly<Record<string, string>>;

const many = (count: number, what: string): string =>
  `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;

const roundTripOf = (rttMs: number): string => `${rttMs} ms round trip`;

const transportOf = ({ connections, rttMs }: ClosedLoopSample | OpenLoopSample) => ({
  connections: many(connections, 'connection'),
  roundTrip: roundTripOf(rttMs),
});

export const conditionsOfOpen = (load: OpenLoopSample): Conditions => ({
  rate: `${formatCount(load.perSecond)}/s`,
  ...transportOf(load),
  arrivals: `${load.arrivals} arrivals`,
  driver: `${load.driver} driver`,
});

export const conditionsOfClosed = (load: ClosedLoopSample): Conditions => ({
  inFlight: `${formatCount(load.inFlight)} in flight`,
  ...transportOf(load),
  driver: `${load.driver} driver`,
});

export const conditionsOfDelivery = ({ watchers }: DeliverySample): Conditions => ({
  watchers: many(watchers, 'watcher'),
});

/** What distinguishes a load from its neighbours. */
export const describeConditions = (conditions: Conditions): string =>
  Object.entries(conditions)
    .filter(([name, text]) => !['arrivals', 'driver'].includes(name) && text !== roundTripOf(0))
    .map(([, text]) => text)
    .join(', ');

/**
 * Returns why the loads of a cell's processes must not be used; undefined if they are valid. One
 * invalid load makes all invalid, because keeping the others would select among them.
 */
export function faultOfLoads(
  loads: readonly { readonly invalid: readonly string[] }[],
): string | undefined {
  const faulty = loads.filter(({ invalid }) => invalid.length > 0);
  const [first] = faulty;
  return first && `${faulty.length} of ${loads.length} processes: ${first.invalid.join('; ')}`;
}
