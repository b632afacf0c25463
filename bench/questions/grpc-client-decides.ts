import { formatNumber } from '../result/format.ts';
import type { BarPicture } from '../result/picture.ts';
import type { Cell, Result } from '../result/result.ts';
import { clientCpuAtRate } from '../statistics/client-cost.ts';
import { findCell, isValid, type Ranged, rangeOf } from '../statistics/summary.ts';
import { notMeasured, type Question } from './question.ts';

const scenario = 'grpc-clients';

/** The clients that a user could take, without the lean driver. */
const clients = {
  'grpc-js': 'grpc-js with proto-loader',
  'grpc-js-static': 'grpc-js with static messages',
  'connect-node': 'connect-node',
  'node-http2': 'node:http2',
} as const;

interface ClientFigures {
  readonly label: string;
  readonly client: Ranged;
  readonly server: Ranged;
}

function figuresOf(result: Result): ClientFigures[] {
  return Object.entries(clients).flatMap(([name, label]) => {
    const cell: Cell | undefined = findCell(result, scenario, name);
    if (!isValid(cell)) return [];
    const [client, server] = [rangeOf(cell, clientCpuAtRate), rangeOf(cell, 'cpuAtRate')];
    return client && server ? [{ label, client, server }] : [];
  });
}

const rangeText = ({ value, low, high }: Ranged): string =>
  `${formatNumber(value)} µs (${formatNumber(low)}–${formatNumber(high)})`;

const textOf = ({ label, client, server }: ClientFigures): string =>
  `${label}: client ${rangeText(client)}, server ${rangeText(server)}`;

const pictureOf = (found: readonly ClientFigures[]): BarPicture => ({
  kind: 'bars',
  label: "client's CPU of a gRPC read, µs",
  unit: 'µs',
  items: found.map(({ label, client }) => ({ label, wire: 'grpc', value: client.value })),
});

/** Whether one range is wholly below another. */
const isBelow = (one: Ranged, other: Ranged): boolean => one.high < other.low;

/**
 * The side that spends more CPU on a call reaches its limit first. So the client decides if some
 * clients spend more than the server and others spend less.
 */
export const grpcClientDecides: Question = {
  number: 31,
  asks: "Does gRPC's client decide gRPC's speed?",
  claim: "gRPC's client decides gRPC's speed",
  source: 'comparisons of gRPC in Node',
  scenarios: [scenario],
  wires: ['grpc'],
  judge(result) {
    const found = figuresOf(result).toSorted((a, b) => a.client.value - b.client.value);
    const [least, most] = [found[0], found.at(-1)];
    if (!least || !most || least === most) return notMeasured('two clients of gRPC');
    const verdict = {
      because: `${found.map(textOf).join('; ')}.`,
      picture: pictureOf(found),
      finding: `in Node, a gRPC read costs its client ${rangeText(least.client)} of CPU by ${least.label} and ${rangeText(most.client)} by ${most.label}; the server spends ${rangeText(most.server)}`,
    };
    if (!isBelow(least.client, most.client)) return { answer: 'no difference shown', ...verdict };
    const limits = found.filter(({ client, server }) => isBelow(server, client));
    if (limits.length === 0) return { answer: 'no', ...verdict };
    return limits.length === found.length
      ? { answer: 'yes', ...verdict }
      : { answer: 'depends', on: 'the client', ...verdict };
  },
};
