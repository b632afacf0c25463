import type { ClosedLoopSample, LoadSample, OpenLoopSample } from '../result/loads.ts';
import { decodeHistogram } from './histogram.ts';

/** Reasons why figures must not be used. Empty if they are valid. */

/** Minimum share of the rate that was asked for. */
export const achievedAtLeast = 0.99;
/** Maximum share of a core, because a busier client affects what is measured. */
const clientCpuAtMost = 0.8;
/** Maximum share of the median latency, because lateness is part of the reported latency. */
const latenessAtMost = 0.5;
/** Lateness that the pacing cannot avoid, µs. */
const latenessOfPacing = 100;
/** Maximum share of the driver's ceiling against a server that does nothing. */
export const ofCeilingAtMost = 0.75;

const ofCeiling = "of the generator's own ceiling";
const clientAt = 'client at ';

/** Whether a fault is the client's limit: the server's CPU for a call does not depend on it. */
export const isClientLimit = (fault: string): boolean =>
  fault.includes(ofCeiling) || fault.startsWith(clientAt);

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

export const faultsOfClient = (cpuShare: number): string[] =>
  cpuShare > clientCpuAtMost
    ? [`${clientAt}${percent(cpuShare)} of its core, above ${percent(clientCpuAtMost)}`]
    : [];

function faultsOfLoad({ failed, failures, clientCpuShare }: LoadSample): string[] {
  const kinds = Object.entries(failures).map(([message, times]) => `${times} × ${message}`);
  return [
    ...(failed > 0 ? [`unexpected failures: ${kinds.join('; ')}`] : []),
    ...faultsOfClient(clientCpuShare),
  ];
}

/** @param ceiling of the driver on the wire's protocol, calls a second; undefined if unknown */
export function faultsOfClosed(sample: ClosedLoopSample, ceiling: number | undefined): string[] {
  const share = ceiling ? sample.perSecond / ceiling : 0;
  return [
    ...faultsOfLoad(sample),
    ...(share > ofCeilingAtMost
      ? [`${percent(share)} ${ofCeiling}, above ${percent(ofCeilingAtMost)}`]
      : []),
  ];
}

const p50Of = (histogram: string): number => decodeHistogram(histogram).getValueAtPercentile(50);

export function faultsOfOpen(sample: OpenLoopSample): string[] {
  const { achieved, overflow, scheduled } = sample;
  const [late, response] = [p50Of(sample.lateness), p50Of(sample.response)];
  return [
    ...faultsOfLoad(sample),
    ...(overflow > 0 ? [`overflow: ${overflow} of ${scheduled} calls did not fit`] : []),
    ...(achieved < achievedAtLeast
      ? [`achieved ${percent(achieved)} of the rate, below ${percent(achievedAtLeast)}`]
      : []),
    ...(late > Math.max(latenessOfPacing, response * latenessAtMost)
      ? [`sent late by ${late} µs in the middle, of a median response of ${response} µs`]
      : []),
  ];
}
